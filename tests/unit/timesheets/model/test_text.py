"""Text of entries: the shared cases, and properties of every text."""

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import DATES
from tests.unit.timesheets.model.support import load_cases
from timesheets.model.fields import Check, entry_checks, parse_external_id, parse_reason, parse_user_id
from timesheets.model.text import BLANK, clean, parse_text

TEXT = load_cases("text")
CHECKS: dict[str, Check] = {
    **entry_checks(DATES),
    "user_id": parse_user_id,
    "external_id": parse_external_id,
    "reason": parse_reason,
}
SPECIAL = (
    "aé1*\u0301\u0308 \t\n\u00a0\u00ad\u200b\u200c\u200d\u2060\u2800\ufeff\ufe0e\ufe0f\ufe00\u20e3\U000e0100"
    "\u0628\u0627\u064e\u0647\u0915\u094d\u0dd9\u0dca\u09c7\u09be\u1820\u180b\u845b\u2764\U0001f469\U0001f3fd\U0001f4bb"
)
texts = st.text(st.sampled_from(SPECIAL) | st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize("case", TEXT["cases"], ids=json.dumps)
def test_shared_cases(case: dict[str, Any]) -> None:
    check = CHECKS[case.get("field", "project")]
    text = case["input"] * case.get("times", 1)
    if "fault" in case:
        with pytest.raises(ValueError, match=re.escape(TEXT["faults"][case["fault"]])):
            check(text)
    else:
        assert check(text) == case.get("value", text)


@pytest.mark.parametrize("name", ["project", "user_id", "external_id", "notes", "reason"])
def test_texts_have_a_greatest_length(name: str) -> None:
    limit = TEXT["limits"][name]
    assert CHECKS[name]("x" * limit) == "x" * limit
    with pytest.raises(ValueError, match=f"must be at most {limit} characters"):
        CHECKS[name]("x" * (limit + 1))


@pytest.mark.parametrize("value", [5, True, ["x"], {}])
@pytest.mark.parametrize("name", ["project", "user_id", "external_id", "notes", "reason"])
def test_only_strings_are_text(name: str, value: object) -> None:
    with pytest.raises(ValueError, match="must be a string"):
        CHECKS[name](value)


@pytest.mark.parametrize("name", ["notes", "external_id"])
def test_optional_texts_may_be_null(name: str) -> None:
    assert CHECKS[name](None) is None


@pytest.mark.parametrize("text", ["x" + "\u0301\u0316" * 200_000, "\u200b" * 10**6 + "x" * 101, "é" * 10**6])
def test_a_text_far_over_the_limit_is_not_normalised(text: str) -> None:
    with pytest.raises(ValueError, match="must be at most 100 characters"):
        parse_text(text, 100)


@pytest.mark.parametrize("count", [2, 100, 10_000])
def test_a_chain_of_joiners_is_cleaned_in_a_few_passes(count: int) -> None:
    text = "\u0628\u0301\u200cx\u093c" + "\u094d\u200c" * count + "\u0316\ufe0f\u094d\u200c\u0301"
    assert clean(clean(text)) == clean(text)


def test_a_fault_names_the_character() -> None:
    with pytest.raises(ValueError, match=r"^must not contain the bidirectional control U\+202E$"):
        parse_text("X\u202e", 100)


@given(texts)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(texts)
def test_a_clean_text_is_in_nfc_without_blanks_at_its_ends(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not cleaned.startswith(tuple(BLANK))
    assert not cleaned.endswith(tuple(BLANK))


@given(texts, texts, st.sampled_from("\u00ad\u200b\u2060\ufeff"))
def test_meaningless_characters_never_tell_texts_apart(before: str, after: str, character: str) -> None:
    assert clean(before + character + after) == clean(before + after)


@given(texts)
def test_equivalent_forms_are_the_same_text(text: str) -> None:
    assert clean(unicodedata.normalize("NFD", text)) == clean(text)


def test_white_space_is_the_property_of_unicode() -> None:
    spaces = {chr(code) for code in range(0x110000) if chr(code).isspace()}
    assert set(BLANK) == spaces - set("\x1c\x1d\x1e\x1f") | {"\u2800"}
