"""How entries are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.ids import digest_of, name_of, new_id, owner_of


def test_an_id_names_its_owner_and_never_repeats() -> None:
    ids = {new_id("auth0|ana") for _ in range(1000)}
    assert len(ids) == 1000
    assert {owner_of(one) for one in ids} == {name_of("auth0|ana")}


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_the_same_seed_makes_the_same_id(seed: list[str]) -> None:
    assert new_id("auth0|ana", *seed) == new_id("auth0|ana", *seed)
    assert new_id("auth0|ana", *seed) != new_id("auth0|carl", *seed)
    assert new_id("auth0|ana", *seed) != new_id("auth0|ana", *seed, "")


@given(st.text(), st.text())
def test_texts_are_kept_apart_however_they_are_cut(one: str, other: str) -> None:
    assert (name_of(one, other) == name_of(one + other, "")) == (other == "")
    assert (name_of(one) == name_of(other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "x" * 48,
        "A" * 48,
        "0" * 47,
        "0" * 49,
        "../" * 16,
        "０" * 48,
        "0" * 48 + "\n",
        "\0" + "0" * 47,
    ],
)
def test_what_is_no_id_has_no_owner(text: str) -> None:
    assert owner_of(text) is None


def test_fields_without_a_value_say_nothing() -> None:
    assert digest_of({"project": "x", "notes": None}) == digest_of({"project": "x"})
    assert digest_of({"project": "x", "notes": ""}) != digest_of({"project": "x"})
