"""An exported list, imported: every cell has the text that was exported."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.importer.support import check
from timesheets.model.entry import MEMBERS, Entry
from timesheets.model.fields import MAX_EXTERNAL_ID, MAX_NOTES, MAX_PROJECT, MAX_USER_ID
from timesheets.model.ids import new_id
from timesheets.model.text import parse_text
from timesheets.web.csv_format import STANDARD, Dialect, excel_dialect, to_csv


def texts(longest: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Return texts as the API stores them, with many characters that spreadsheets treat specially."""
    special = st.text(st.sampled_from("a0'=+-@,;|\"＝ \t\r\né"), min_size=1, max_size=9)

    def stored(text: str) -> str | None:
        try:
            return parse_text(text, longest, lines=lines)
        except ValueError:
            return None

    return (special | st.text(min_size=1, max_size=9)).map(stored).filter(lambda text: text is not None)  # type: ignore[return-value]


entries = st.builds(
    lambda user_id, **fields: Entry(
        id=new_id(user_id), user_id=user_id, created_at="2026-11-20T09:00:00.000Z", modified_at="", **fields
    ),
    texts(MAX_USER_ID),
    date=st.dates(date(2000, 1, 1), date(2027, 11, 29)),
    project=texts(MAX_PROJECT),
    hours=st.decimals(Decimal("0.01"), 24, places=2),
    notes=st.none() | texts(MAX_NOTES, lines=True),
    external_id=st.none() | texts(MAX_EXTERNAL_ID),
    version=st.integers(1, 99),
)


def without(*columns: str) -> Callable[[str], str]:
    """Return a function that removes columns from a CSV file."""

    def remove(text: str) -> str:
        out = io.StringIO()
        rows = csv.DictReader(io.StringIO(text, newline=""))
        names = [name for name in rows.fieldnames or () if name not in columns]
        writer = csv.DictWriter(out, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    return remove


@pytest.mark.parametrize("dialect", [STANDARD, excel_dialect(["en"]), excel_dialect(["de"])])
@given(table=st.lists(entries, min_size=1, max_size=5))
def test_exported_rows_are_read_as_their_entries(dialect: Dialect, table: list[Entry]) -> None:
    rows = check(to_csv([one.to_json() for one in table], MEMBERS, dialect))
    fields = ("user_id", "date", "project", "hours", "notes", "external_id", "id", "version")
    expected = [{name: value for name, value in entry.to_json().items() if name in fields} for entry in table]
    assert [row.faults for row in rows] == [()] * len(table)
    assert [row.to_json() for row in rows] == expected


@given(entry=entries)
def test_rows_without_id_are_imported_as_new(entry: Entry) -> None:
    (row,) = check(without("id")(to_csv([entry.to_json()], MEMBERS)))
    assert "id" not in row.to_json()
    assert row.external_id == (entry.external_id or row.external_id)
    assert row.external_id
    assert row.to_json()["project"] == entry.project


def test_ids_of_other_systems_are_ignored() -> None:
    (row,) = check("id,user_id,date,project,hours,version\n17,a|1,2026-11-20,A,1,3\n")
    assert row.to_json().keys() == {"user_id", "date", "project", "hours", "external_id"}
