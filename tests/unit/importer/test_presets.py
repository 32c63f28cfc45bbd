"""Exports of other tools: the example files, columns and suggestions."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support import PROJECT
from tests.unit.importer.support import check, read
from timesheets_import.cli import app
from timesheets_import.columns import Format
from timesheets_import.errors import UsageError
from timesheets_import.people import read_people
from timesheets_import.presets import PRESETS, detect_preset

EXAMPLES = PROJECT / "importer/examples"
ANA, CARL = "auth0|ana", "auth0|carl"

type Entry = tuple[str, str, str, float]

ROWS: dict[str, list[Entry]] = {
    "toggl": [
        (ANA, "2026-11-02", "StoreZero", 2.5),
        (ANA, "2026-11-02", "StoreZero", 0.33),
        (ANA, "2026-11-02", "StoreZero", 0.34),
        (ANA, "2026-11-02", "StoreZero", 0.33),
        (CARL, "2026-11-03", "Internal", 0.5),
    ],
    "clockify": [
        (ANA, "2026-11-16", "StoreZero", 3.25),
        (ANA, "2026-11-16", "StoreZero", 0.58),
        (CARL, "2026-11-17", "Internal", 8),
    ],
    "harvest": [
        (ANA, "2026-11-09", "StoreZero", 6.5),
        (ANA, "2026-11-09", "StoreZero", 0.33),
        (CARL, "2026-11-10", "Internal", 0.25),
    ],
    "kimai": [
        (ANA, "2026-11-23", "StoreZero", 3.5),
        (ANA, "2026-11-23", "StoreZero", 0.33),
        (CARL, "2026-11-24", "Internal", 4),
    ],
    "tempo": [
        (ANA, "2026-11-12", "StoreZero", 1.5),
        (ANA, "2026-11-12", "StoreZero", 0.33),
        (CARL, "2026-11-13", "Internal", 7.75),
    ],
    "solidtime": [
        (ANA, "2026-11-18", "StoreZero", 2.33),
        (ANA, "2026-11-18", "StoreZero", 0.67),
        (CARL, "2026-11-18", "Internal", 4),
    ],
}


@pytest.mark.parametrize("tool", PRESETS)
def test_export_is_detected_and_read(tool: str) -> None:
    data = (EXAMPLES / f"{tool}.csv").read_bytes()
    assert detect_preset(read(data)[0].header) == tool
    rows = check(data, Format(project="Internal"), read_people(EXAMPLES / "users.csv"))
    bodies = [row.to_json() for row in rows]
    assert [(b["user_id"], b["date"], b["project"], b["hours"]) for b in bodies] == ROWS[tool]


@pytest.mark.parametrize(
    ("header", "tool"),
    [
        ("Description,Billable,Duration,Member,Email,Project,Tags,Start date,Start time,Stop date", "toggl"),
        ("Project,Client,Description,User,Start Date,Start Time,Duration (h),Date of creation", "clockify"),
        ("Date,Client,Project,Task,Notes,Hours,Hours Rounded,First Name,Last Name", "harvest"),
        ("Date,From,To,Duration,Rate,User,Customer,Project,Activity,Description,Exported,Tags", "kimai"),
        ("Date,Project,Hours", None),
    ],
)
def test_other_versions_of_an_export_are_detected(header: str, tool: str | None) -> None:
    assert detect_preset(header.split(",")) == tool


def test_entry_without_a_project_is_a_fault_unless_one_is_given() -> None:
    rows = check((EXAMPLES / "toggl.csv").read_bytes())
    assert rows[4].faults == ["project: must not be blank; --project NAME is for rows that have none"]


def test_notes_keep_commas_quotes_and_lines() -> None:
    notes = [row.to_json().get("notes") for row in check((EXAMPLES / "toggl.csv").read_bytes())[:4]]
    assert notes == ["Release, part 1", "Stand-up", 'Review of "checkout"', "-"]
    (first, *_) = check((EXAMPLES / "harvest.csv").read_bytes())
    assert first.to_json()["notes"] == "Checkout:\n- form\n- tests"


def test_options_override_the_preset() -> None:
    data = (EXAMPLES / "clockify.csv").read_bytes().replace(b"11/16/2026", b"16/11/2026")
    form = Format({"user_id": "User", "notes": "Task"}, "%d/%m/%Y")
    (first, *_) = check(data.replace(b"11/17/2026", b"17/11/2026"), form)
    assert (first.to_json()["user_id"], first.to_json()["date"]) == ("Ana Ibáñez", "2026-11-16")
    assert "notes" not in first.to_json()


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        (("11/12/2026",), True),
        (("11/13/2026",), False),
        (("11/12/2026", "--date-format", "%m/%d/%Y"), False),
    ],
)
def test_dates_that_can_be_read_in_two_ways_are_a_warning(
    given: tuple[str, ...],
    warned: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    day, *options = given
    file = tmp_path / "clockify.csv"
    file.write_text(f"Project,User,Start Date,Duration (h)\nA,a|1,{day},01:00\n")
    result = CliRunner().invoke(app, [str(file), "--dry-run", *options])
    assert result.exit_code == 0
    assert ("use --date-format %d/%m/%Y" in result.stderr) is warned


def test_named_preset_that_does_not_fit_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="The header has no Start date, Duration"):
        check("user,Project\n", Format(preset="toggl"))


def test_own_fields_need_no_preset() -> None:
    header = ["user_id", "date", "project", "hours", "start date", "duration", "description"]
    assert Format().with_preset(header) == Format()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Email,Date,Project,Duration", "hours: did you mean Duration?"),
        ("Email,Date,Project,Duration", "user_id: did you mean Email?"),
        ("user_id,Datum,project,Stundn", "hours: did you mean Stundn?"),
        ("user_id,date,hours", "If all rows have one project, use --project NAME"),
    ],
)
def test_missing_columns_suggest_existing_ones(header: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        check(f"{header}\n")
    assert words in str(error.value)


def test_all_missing_columns_are_named() -> None:
    with pytest.raises(UsageError, match="The header has no user_id, date, project, hours"):
        check("a,b\n")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_title_above_the_header_is_a_usage_error(delimiter: str) -> None:
    text = "November\n\nuser_id,date,project,hours\na|1,2026-11-20,A,1\n".replace(",", delimiter)
    with pytest.raises(UsageError, match="the header seems to be on line 3"):
        check(text)


@pytest.mark.parametrize("label", ["Total", "TOTAL:", "Summe", "Gesamtsumme", "Grand total", "Sum", ""])
def test_total_is_a_fault_with_its_remedy(label: str) -> None:
    rows = check(f"user_id,date,project,hours\na|1,2026-11-20,A,1\n,,{label},34.5\n")
    assert rows[1].faults == ["looks like a total, not an entry: delete the row"]


def test_project_may_be_named_total() -> None:
    (row,) = check("user_id,date,project,hours\na|1,2026-11-20,Total,1\n")
    assert not row.faults


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('"=""0234"""', "0234"),
        ("'0234", "0234"),
        ("'-7", "-7"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ('"=""a """"b"""""""', 'a "b"'),
        ("=1+1", "=1+1"),
    ],
)
def test_protection_of_spreadsheets_is_removed(cell: str, text: str) -> None:
    (row,) = check(f"user_id,date,project,hours,external_id\na|1,2026-11-20,A,1,{cell}\n")
    assert row.external_id == text


@pytest.mark.parametrize("first", ["\ufeff\ufeff", "\ufeff\u200b", "sep=;\n\ufeff", '"sep=;"\n', "sep=;\n"])
def test_marks_and_zero_width_characters_in_the_header_are_ignored(first: str) -> None:
    text = f"{first}user_id;da\u200bte;project; hours\u00a0\na|1;2026-11-20;A;1\n"
    (row,) = check(text)
    assert row.row


def test_sep_line_with_a_tab() -> None:
    (row,) = check("sep=\t\nuser_id\tdate\tproject\thours\na|1\t2026-11-20\tA\t1\n")
    assert row.row


def test_workbook_is_read() -> None:
    form = Format({"user_id": "Person", "date": "Day", "hours": "Time"})
    people = read_people(EXAMPLES / "users.csv")
    rows = check((EXAMPLES / "hours.xlsx").read_bytes(), form, people)
    assert [row.record.line for row in rows] == [2, 3, 4]
    assert [tuple(row.to_json().values())[:5] for row in rows] == [
        (ANA, "2026-11-25", "StoreZero", 7.5, "Größe ändern"),
        (ANA, "2026-11-26", "StoreZero", 8, rows[1].external_id),
        (CARL, "2026-11-26", "Internal", 4.25, "-7 %"),
    ]
