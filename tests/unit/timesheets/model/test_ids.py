"""Identifiers of entries and their owners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.ids import fields_digest, hash_of, id_of_request, new_id, owner_of


def test_new_ids_carry_their_owner_and_never_repeat() -> None:
    ids = {new_id("auth0|ana") for _ in range(1000)}
    assert len(ids) == 1000
    assert {owner_of(entry_id) for entry_id in ids} == {hash_of("auth0|ana")}


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_a_request_always_gets_the_same_id(request: list[str]) -> None:
    entry_id = id_of_request("auth0|ana", *request)
    assert entry_id == id_of_request("auth0|ana", *request)
    assert owner_of(entry_id) == hash_of("auth0|ana")
    assert entry_id != id_of_request("auth0|carl", *request)
    assert entry_id != id_of_request("auth0|ana", *request, "")


@given(st.text(), st.text())
def test_different_lists_of_texts_have_different_hashes(first: str, second: str) -> None:
    assert (hash_of(first, second) == hash_of(first + second, "")) == (second == "")
    assert (hash_of(first) == hash_of(second)) == (first == second)


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
def test_a_text_that_is_not_an_id_has_no_owner(text: str) -> None:
    assert owner_of(text) is None


def test_a_digest_ignores_fields_without_a_value() -> None:
    assert fields_digest({"project": "x", "notes": None}) == fields_digest({"project": "x"})
    assert fields_digest({"project": "x", "notes": ""}) != fields_digest({"project": "x"})
