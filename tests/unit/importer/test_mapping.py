"""From rows of a file to rows of an upload."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from timesheets.model.rows import parse_row
from timesheets_import.errors import Usage
from timesheets_import.mapping import Checked, Reading, parse_names

type Check = Callable[..., list[Checked]]

HEAD = "user_id,date,project,hours,notes,external_id\n"
GERMAN = Reading(parse_names(["hours=Stunden", "date = Datum"]), "%d.%m.%Y")


def sent(rows: list[Checked]) -> list[dict[str, object]]:
    """Return the rows as they go, after the API's own check."""
    bodies = [row.to_json() for row in rows]
    for body in bodies:
        parse_row(json.loads(json.dumps(body), parse_int=Decimal, parse_float=Decimal))
    return bodies


def keys(rows: list[Checked]) -> list[str]:
    return [row.external_id for row in rows]


def test_a_row_goes_as_the_api_takes_it(check: Check) -> None:
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
def test_the_same_content_is_the_same_row_however_it_is_written(text: str, check: Check) -> None:
    (one,) = check(text, GERMAN)
    (other,) = check(f"{HEAD}007,2026-11-20,A,7.5,,\n")
    assert sent([one]) == sent([other])


@pytest.mark.parametrize("hours", ["1,000", "1.000,5", ",5", "7,555", "1e1", "0", "24.01", "", "NaN"])
def test_hours_that_are_not_clear_are_refused(hours: str, check: Check) -> None:
    (row,) = check(f'{HEAD}007,2026-11-20,A,"{hours}",,\n')
    assert row.faults[0].startswith("hours: ")


def test_every_fault_is_told_by_the_files_own_names(check: Check) -> None:
    (row,) = check("user_id;Datum;project;Stunden\n ;2026-11-20;;x\n", GERMAN)
    assert [fault.partition(":")[0] for fault in row.faults] == ["Datum", "user_id", "project", "Stunden"]


def test_json_lines_name_each_unknown_member_unless_they_are_left_out(check: Check) -> None:
    line = '{"user_id": "007", "date": "2026-11-20", "project": "A", "hours": 1, "a/b": 1}\n'
    (row,) = check(line)
    assert row.faults[0].startswith("a/b: is not a field")
    assert sent(check(line, Reading(ignore_others=True)))
    (row,) = check('{"user_id": "007", "date": 20261120, "project": "A", "hours": 1}', GERMAN)
    assert {fault.partition(":")[0] for fault in row.faults} >= {"Datum", "hours"} or row.faults


def test_a_derived_external_id_tells_equal_rows_apart(check: Check) -> None:
    a, b = "007,2026-11-20,A,1,,\n", "007,2026-11-20,B,1,,\n"
    first = check(HEAD + a + b + a)
    assert len(set(keys(first))) == 3
    assert [row.repeats for row in first] == [False, False, True]
    assert keys(check(HEAD + a + b + a + b + a))[:3] == keys(first)
    assert sorted(keys(check(HEAD + a + a + b))) == sorted(keys(first))
    assert all(len(key) <= 200 for key in keys(first))


def test_one_external_id_stands_for_one_content(check: Check) -> None:
    rows = check(f"{HEAD}007,2026-11-20,A,1,,x\n007,2026-11-20,A,1.0,,x\n007,2026-11-20,A,2,,x\n")
    assert [row.repeats for row in rows] == [False, True, False]
    assert rows[2].faults == ["external_id: stands on line 2 already, with another content"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("user_id,date,project", "The header has no hours; it has user_id, date, project"),
        ("007,2026-11-20,A,1", "Or is the header missing?"),
        ("user_id,date,project,hours,Hours", "has Hours twice"),
        ("user_id,date,project,hours,Kunde,\x1b[31m", r"No field of an entry: Kunde, \x1b[31m."),
        ("user_id,date,project,hours," + ",".join(map(str, range(9_996))), "and 9,986 more"),
        (",".join(map(str, range(10_000))), "and 9,990 more"),
    ],
)
def test_columns_that_are_not_the_fields_are_told(header: str, words: str, check: Check) -> None:
    with pytest.raises(Usage) as refusal:
        check(f"{header}\n")
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 500


def test_ten_thousand_columns_may_be_left_out(check: Check) -> None:
    header = ",".join(["user_id", "date", "project", "hours", *map(str, range(9_996))])
    row = ",".join(["007", "2026-11-20", "A", "1", *["x"] * 9_996])
    assert sent(check(f"{header}\n{row}\n", Reading(ignore_others=True)))


def test_a_mapped_column_that_is_not_there_is_told(check: Check) -> None:
    with pytest.raises(Usage, match="no Notiz, which --map names"):
        check(HEAD, Reading({"notes": "Notiz"}, ignore_others=True))


@pytest.mark.parametrize("given", [["hours"], ["hours="], ["=x"], ["id=x"], ["hours=a", "hours=b"]])
def test_a_bad_map_is_refused(given: list[str]) -> None:
    with pytest.raises(Usage, match="--map"):
        parse_names(given)


def test_a_row_that_can_not_be_read_is_a_faulty_one(check: Check) -> None:
    (row,) = check("user_id,date,project,hours\n007\n")
    assert "has 1 of 4 columns" in row.faults[0]
