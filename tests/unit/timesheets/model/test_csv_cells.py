"""Guarded cells of CSV files."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.csv_cells import guard, unguard

texts = st.text(
    st.sampled_from("'\"=+-@＝;,|\t\n\r x07\u00a0\u2028") | st.characters(exclude_categories=["Cs"])
)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("StoreZero", "StoreZero"),
        ("0234", "0234"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("a-b = c", "a-b = c"),
        ("-7", "'-7"),
        ("'-7", "''-7"),
        ("''-7", "'''-7"),
        ("'0234", "''0234"),
        ("=1+1", "'=1+1"),
        ("+49170", "'+49170"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("- fixed", "'- fixed"),
        ("x;=1+1", "x;'=1+1"),
        ("x,=1+1", "x,'=1+1"),
        ("x\t=1+1", "x\t'=1+1"),
        ("x|@y", "x|@y"),
        ("x; =1+1", "x; '=1+1"),
        ('x;"=1+1;"', 'x;"\'=1+1;"'),
        ("one\n=1+1", "one\n'=1+1"),
        ("one\r\n-two", "one\r\n'-two"),
        ("one\n'-two", "one\n''-two"),
        ("\t=1", "\t'=1"),
        ("\n=1", "\n'=1"),
        (" =1", " '=1"),
    ],
)
def test_a_formula_is_guarded_by_an_apostrophe(text: str, cell: str) -> None:
    assert guard(text) == cell
    assert unguard(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [("'0234", "0234"), ("'-7", "-7"), ("'=1", "=1"), ("'s-Hertogenbosch", "'s-Hertogenbosch"), ("'", "'")],
)
def test_an_apostrophe_of_another_program_is_removed_where_it_guards(cell: str, text: str) -> None:
    assert unguard(cell) == text


@given(texts)
def test_every_text_comes_back(text: str) -> None:
    assert unguard(guard(text)) == text


@given(texts, st.sampled_from(",;\t"))
def test_no_part_of_a_cell_is_a_formula(text: str, separator: str) -> None:
    for part in re.split(f"[{separator}\n\r]", guard(text)):
        assert not re.match("[=+@＝＋－＠-]", part.strip(' \u00a0"'))
