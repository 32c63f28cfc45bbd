"""Entries as comma-separated values."""

import csv
import dataclasses
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.csv_cells import unguard
from timesheets.model.entry import MEMBERS, Entry, new_entry
from timesheets.web.csv_format import STANDARD, Dialect, excel_dialect, to_csv

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
EXCEL = Dialect(mark="\ufeff")
EXCEL_COMMA = Dialect(";", ",", "\ufeff")

texts = st.text(st.sampled_from("'\"=-;,|\t\n\r x0") | st.characters(exclude_categories=["Cs"]), min_size=1)
entries = st.builds(
    Entry,
    id=texts,
    user_id=texts,
    user_email=st.none() | texts,
    user_name=st.none() | texts,
    date=st.dates(),
    project=texts,
    hours=st.decimals(min_value=Decimal("0.01"), max_value=24, places=2),
    notes=st.none() | texts,
    status=st.sampled_from(["pending", "approved", "rejected"]),
    reviewed_by=st.none() | texts,
    reason=st.none() | texts,
    external_id=st.none() | texts,
    source=st.none() | texts,
    created_at=st.just("2026-11-20T09:30:00.000Z"),
    modified_at=st.just("2026-11-20T09:30:00.000Z"),
    modified_by=st.none() | texts,
    version=st.integers(1),
)


def entry(project: str = "StoreZero", notes: str | None = None) -> Entry:
    fields = {"date": date(2026, 11, 20), "project": project, "hours": Decimal("7.5"), "notes": notes}
    return new_entry(fields, id="1", user_id="auth0|ana", now=NOW)


def csv_of(table: list[Entry], dialect: Dialect = STANDARD) -> str:
    return to_csv([one.to_json() for one in table], MEMBERS, dialect)


def read(text: str, dialect: Dialect) -> list[dict[str, str]]:
    """Return the rows of a table without guards, and hours with a decimal point."""
    assert text.startswith(dialect.mark)
    table = io.StringIO(text.removeprefix(dialect.mark), newline="")
    rows = csv.DictReader(table, delimiter=dialect.delimiter, strict=True)
    return [
        {name: unguard(cell) for name, cell in row.items()}
        | {"hours": row["hours"].replace(dialect.decimal, ".")}
        for row in rows
    ]


def test_a_table_has_a_header_row_and_lines_that_end_in_crlf() -> None:
    assert csv_of([]) == ",".join(MEMBERS) + "\r\n"
    assert csv_of([entry()]).splitlines(keepends=True)[1] == (
        "1,auth0|ana,,,2026-11-20,StoreZero,7.5,,pending,false,,,,,,"
        "2026-11-20T09:30:00.000Z,2026-11-20T09:30:00.000Z,auth0|ana,1\r\n"
    )


def test_the_columns_are_the_members_of_an_entry_in_their_order() -> None:
    fields = {field.name: "x" for field in dataclasses.fields(Entry)}
    whole = Entry(**fields | {"date": date(2026, 11, 20), "hours": Decimal(1), "version": 1})  # type: ignore[arg-type]
    assert tuple(whole.to_json()) == MEMBERS


@given(st.lists(entries, max_size=3), st.sampled_from([STANDARD, EXCEL, EXCEL_COMMA]))
def test_every_table_comes_back(table: list[Entry], dialect: Dialect) -> None:
    rows = read(csv_of(table, dialect), dialect)
    assert len(rows) == len(table)
    for row, written in zip(rows, table, strict=True):
        members = written.to_json()
        expected = {name: str(members.get(name, "")) for name in MEMBERS}
        assert row == expected | {"approved": str(members["approved"]).lower()}


@pytest.mark.parametrize("project", ["x;y", "x\ty", "x,y", 'x"y', "x\ny", "x\u2028y", " x", "x "])
def test_a_cell_that_another_program_could_split_is_quoted(project: str) -> None:
    assert '"{}"'.format(project.replace('"', '""')) in csv_of([entry(project)])


@pytest.mark.parametrize(
    ("languages", "dialect"),
    [
        ([], EXCEL),
        (["en"], EXCEL),
        (["en-gb", "de"], EXCEL),
        (["de"], EXCEL_COMMA),
        (["de-at", "en"], EXCEL_COMMA),
        (["fr-fr"], EXCEL_COMMA),
        (["es"], EXCEL_COMMA),
        (["es-mx"], EXCEL),
        (["de-ch"], Dialect(";", ".", "\ufeff")),
        (["dex"], EXCEL),
        (["*"], EXCEL),
    ],
)
def test_excel_reads_the_separators_of_the_preferred_language(languages: list[str], dialect: Dialect) -> None:
    assert excel_dialect(languages) == dialect


def test_a_table_for_excel_has_a_mark_semicolons_and_decimal_commas() -> None:
    header, row = csv_of([entry()], EXCEL_COMMA).splitlines()
    assert header == "\ufeff" + ";".join(MEMBERS)
    assert row.startswith("1;auth0|ana;;;2026-11-20;StoreZero;7,5;;pending;false;")
