"""Decoding of strict JSON."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.strict_json import Decoder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": }', "Expecting value at line 1, column 7"),
        ('{"a": 1', "Expecting ',' delimiter at line 1, column 8"),
        ("\ufeff{}", "Expecting value at line 1, column 1"),
        ('{"a": 1, "b": 2, "a": 1}', "member 'a' is given more than once"),
        ('[{"b": {"a": 1, "\\u0061": 2}}]', "member 'a' is given more than once"),
        (f'{{"{"x" * 999}": 1, "{"x" * 999}": 2}}', f"member '{'x' * 100}' is given more than once"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ("[Infinity]", "Infinity is not a JSON number"),
        ("-Infinity", "-Infinity is not a JSON number"),
        ('{"a": {"a": [1]}}', "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("decimals", [False, True])
def test_anything_but_strict_json_is_refused_with_the_cause(text: str, message: str, decimals: bool) -> None:  # noqa: FBT001
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        Decoder(decimals=decimals, max_depth=2).decode(text)
    assert str(refusal.value) == message


def test_a_text_within_the_depth_is_decoded() -> None:
    assert Decoder(max_depth=2).decode('{"a": [1, "[[[[{{{{"]}') == {"a": [1, "[[[[{{{{"]}


@pytest.mark.parametrize(
    ("text", "value"), [("7.10", "7.10"), ("5", "5"), ("1e400", "1e400"), ("1e99999999999999999999", "NaN")]
)
def test_decimals_keep_every_digit(text: str, value: str) -> None:
    assert str(Decoder(decimals=True).decode(text)) == str(Decimal(value))


def test_a_marker_can_stand_for_an_object_with_a_duplicate_member() -> None:
    decoder = Decoder(on_duplicate=lambda name: f"twice: {name}")
    assert decoder.decode('[{"a": 1}, {"b": 1, "b": 2}]') == [{"a": 1}, "twice: b"]


def test_a_duplicate_among_a_hundred_thousand_members_is_found() -> None:
    members = ",".join(f'"{number}":0' for number in range(100_000))  # minutes if all names were compared
    with pytest.raises(ValueError, match="member '99999' is given more than once"):
        Decoder().decode(f'{{{members},"99999":1}}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_every_json_value_is_decoded(value: Any) -> None:
    assert Decoder().decode(json.dumps(value)) == value
