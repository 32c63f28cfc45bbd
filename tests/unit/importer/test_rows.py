"""Rows of a file become rows of an upload."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import DATES
from tests.unit.importer.support import check
from timesheets.model.rows import parse_row
from timesheets_import.columns import Format, parse_columns
from timesheets_import.errors import UsageError
from timesheets_import.rows import FileRow

HEAD = "user_id,date,project,hours,notes,external_id\n"
GERMAN = Format(parse_columns(["hours=Stunden", "date = Datum"]), "%d.%m.%Y")


def sent(rows: list[FileRow]) -> list[dict[str, object]]:
    """Return the bodies of rows, checked as the API checks them."""
    bodies = [row.to_json() for row in rows]
    for body in bodies:
        parse_row(json.loads(json.dumps(body), parse_int=Decimal, parse_float=Decimal), DATES)
    return bodies


def keys(rows: list[FileRow]) -> list[str]:
    return [row.external_id for row in rows]


def test_row_is_sent_in_the_api_form() -> None:
    (body,) = sent(check(f"{HEAD}007,2026-11-20T17:00:00Z, StoreZero ,7.50,two\tparts,erp-1\n"))
    assert body == {
        "user_id": "007",
        "date": "2026-11-20",
        "project": "StoreZero",
        "hours": 7.5,
        "notes": "two\tparts",
        "external_id": "erp-1",
    }


@pytest.mark.parametrize(
    "text",
    [
        "user_id;Datum;project;Stunden\n007;20.11.2026;A;7,5\n",
        "Stunden;PROJECT;User_ID;datum\n7,5;A;007; 20.11.2026\n",
        "user_id\tDatum\tproject\tStunden\n007\t20.11.2026\tA\t7.5\n",
        '{"user_id": "007", "Datum": "20.11.2026", "project": "A", "Stunden": "7,50"}\n',
        '{"user_id": "007", "Datum": "20.11.2026", "project": "A", "Stunden": 7.5, "notes": ""}\n',
        "user_id,Datum,project,Stunden,notes,external_id,id,status\n007,20.11.2026,A,7.5,,,x,approved\n",
    ],
)
def test_equal_content_gives_equal_rows_in_any_form(text: str) -> None:
    (one,) = check(text, GERMAN)
    (other,) = check(f"{HEAD}007,2026-11-20,A,7.5,,\n")
    assert sent([one]) == sent([other])


@pytest.mark.parametrize("hours", ["1.000,5", "7,5,5", "7:60", "1e1", "0", "24.01", "", "NaN"])
def test_unclear_hours_are_a_fault(hours: str) -> None:
    (row,) = check(f'{HEAD}007,2026-11-20,A,"{hours}",,\n')
    assert row.faults[0].startswith("hours: ")


def test_faults_have_the_names_of_the_file() -> None:
    (row,) = check("user_id;Datum;project;Stunden\n ;2026/11/20;;x\n", GERMAN)
    assert [fault.partition(":")[0] for fault in row.faults] == ["user_id", "Datum", "project", "Stunden"]


def test_unknown_member_is_a_fault_unless_ignored() -> None:
    line = '{"user_id": "007", "date": "2026-11-20", "project": "A", "hours": 1, "a/b": 1}\n'
    (row,) = check(line)
    assert row.faults[0].startswith("a/b: is not a field")
    assert sent(check(line, Format(ignore_other_columns=True)))
    (row,) = check('{"user_id": "007", "date": 20261120, "project": "A", "hours": 1}', GERMAN)
    assert {fault.partition(":")[0] for fault in row.faults} >= {"Datum", "hours"} or row.faults


def test_derived_external_ids_of_equal_rows_differ() -> None:
    a, b = "007,2026-11-20,A,1,,\n", "007,2026-11-20,B,1,,\n"
    first = check(HEAD + a + b + a)
    assert len(set(keys(first))) == 3
    assert [row.repeated for row in first] == [False, False, True]
    assert keys(check(HEAD + a + b + a + b + a))[:3] == keys(first)
    assert sorted(keys(check(HEAD + a + a + b))) == sorted(keys(first))
    assert all(len(key) <= 200 for key in keys(first))


def test_external_id_with_two_contents_is_a_fault() -> None:
    rows = check(f"{HEAD}007,2026-11-20,A,1,,x\n007,2026-11-20,A,1.0,,x\n007,2026-11-20,A,2,,x\n")
    assert [row.repeated for row in rows] == [False, True, False]
    assert rows[2].faults == ["external_id: stands on line 2 with other content"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("user_id,date,project", "The header has no hours. "),
        ("007,2026-11-20,A,1", "Check that the first line is the header"),
        ("user_id,date,project,hours,Hours", "has Hours twice"),
        ("user_id,date,project,hours,Kunde,\x1b[31m", r"Not a field of an entry: Kunde, \x1b[31m."),
        ("user_id,date,project,hours," + ",".join(map(str, range(9_996))), "and 9,986 more"),
        (",".join(map(str, range(10_000))), "and 9,990 more"),
    ],
)
def test_header_that_does_not_match_is_a_usage_error(header: str, words: str) -> None:
    with pytest.raises(UsageError) as refusal:
        check(f"{header}\n")
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 500


def test_ten_thousand_columns_can_be_ignored() -> None:
    header = ",".join(["user_id", "date", "project", "hours", *map(str, range(9_996))])
    row = ",".join(["007", "2026-11-20", "A", "1", *["x"] * 9_996])
    assert sent(check(f"{header}\n{row}\n", Format(ignore_other_columns=True)))


def test_mapped_column_that_is_missing_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="--map names Notiz; the header has only"):
        check(HEAD, Format({"notes": "Notiz"}, ignore_other_columns=True))


@pytest.mark.parametrize("given", [["hours"], ["hours="], ["=x"], ["id=x"], ["hours=a", "hours=b"]])
def test_bad_map_option_is_a_usage_error(given: list[str]) -> None:
    with pytest.raises(UsageError, match="--map"):
        parse_columns(given)


def test_unreadable_row_has_its_fault() -> None:
    (row,) = check("user_id,date,project,hours\n007\n")
    assert "has 1 of 4 columns" in row.faults[0]


PIECES = [
    b"user_id,date,project,hours,notes,external_id,start,end\n",
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\x00",
]
PIECES += [
    b"a|1",
    b"2026-11-20",
    b"7:15",
    b"1e999999",
    b"NaN",
    b"PT",
    b"0:00",
    b"'",
    b'="',
    b"sep=;\n",
    b"{",
    b"[",
]
PIECES += ["\ufeff".encode(), "\u202e".encode(), b"\xff", b"PK\x03\x04"]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=40).map(b"".join))
def test_any_bytes_give_rows_faults_or_a_usage_error(data: bytes) -> None:
    with suppress(UsageError):
        for row in check(PIECES[0] * data.startswith(b"a") + data, GERMAN):
            assert row.row or row.faults
