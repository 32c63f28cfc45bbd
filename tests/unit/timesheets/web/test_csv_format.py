"""Entries as comma-separated values."""

import csv
import dataclasses
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.entry import Entry, new_entry
from timesheets.web.csv_format import COLUMNS, to_csv

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def entry(project: str = "StoreZero", notes: str | None = None) -> Entry:
    fields = {"date": date(2026, 11, 20), "project": project, "hours": Decimal("7.5"), "notes": notes}
    return new_entry(fields, id="1", user_id="auth0|ana", now=NOW)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_there_is_a_header_row_and_lines_end_in_crlf() -> None:
    assert to_csv([]) == ",".join(COLUMNS) + "\r\n"
    assert to_csv([entry()]).splitlines(keepends=True)[1] == (
        "1,auth0|ana,,2026-11-20,StoreZero,7.5,,pending,false,,,,,,"
        "2026-11-20T09:30:00.000Z,2026-11-20T09:30:00.000Z,1\r\n"
    )


def test_the_columns_are_the_entrys_members_in_their_order() -> None:
    fields = {field.name: "x" for field in dataclasses.fields(Entry)}
    whole = Entry(**fields | {"date": date(2026, 11, 20), "hours": Decimal(1), "version": 1})  # type: ignore[arg-type]
    assert tuple(whole.to_json()) == COLUMNS


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_comes_back_as_it_was_or_after_an_apostrophe(notes: str) -> None:
    (row,) = rows(to_csv([entry(notes=notes)]))
    assert row["notes"] in (notes, f"'{notes}")


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1"])
def test_no_cell_is_a_formula(formula: str) -> None:
    (row,) = rows(to_csv([entry(project=formula)]))
    assert row["project"] == f"'{formula}"
