"""People of a file and their user ids."""

from pathlib import Path

import pytest

from tests.unit.importer.support import check
from timesheets_import.errors import UsageError
from timesheets_import.people import People, read_people

HEAD = "user_id,date,project,hours\n"


def people(path: Path, text: str) -> People:
    path.write_text(text)
    return read_people(path)


@pytest.mark.parametrize(
    "text",
    [
        "user_id,email,name,number\nauth0|1,Ana@example.com,Ana Lí,0017\nauth0|2,bo@example.com,Bo,0018\n",
        (
            "Email;Id;Given Name;Family Name;number;Email Verified\n"
            "ana@example.com;'auth0|1;Ana;Lí;'0017;true\nbo@example.com;auth0|2;Bo;X;18;true\n"
        ),
        (
            '{"user_id": "auth0|1", "email": "ana@example.com", "name": "Ana Li\u0301", "number": "0017"}\n'
            '{"user_id": "auth0|2", "email": "bo@example.com", "blocked": true, "name": null}\n'
        ),
    ],
)
def test_person_is_found_by_any_name(text: str, tmp_path: Path) -> None:
    users = people(tmp_path / "users.csv", text)
    for name in ("ana@example.com", " ANA@EXAMPLE.COM", "ana  lí", "0017", "auth0|1"):
        (row,) = check(f"{HEAD}{name},2026-11-20,A,1\n", people=users)
        assert row.to_json()["user_id"] == "auth0|1"


def test_unknown_and_ambiguous_people_are_reported(tmp_path: Path) -> None:
    users = people(tmp_path / "users.csv", "user_id,name\na|1,Ana\na|2,Ana\na|3,Bo\n")
    rows = check(f"{HEAD}Ana,2026-11-20,A,1\nZoe,2026-11-20,A,1\n,2026-11-20,A,1\n", people=users)
    name = tmp_path / "users.csv"
    assert rows[0].person == f"Ana names 2 users in {name} (a|1, a|2)"
    assert rows[1].person == f"Zoe is not in {name}"
    assert (rows[2].person, rows[2].faults) == (None, ["user_id: must not be blank"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("email,name\na@b,A\n", "has no user ids"),
        ("user_id,email\n,a@b\n", "has no user ids"),
        ("user_id,email\na|1\n", "line 2: has 1 of 2 columns"),
    ],
)
def test_bad_file_of_users_is_a_usage_error(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        people(tmp_path / "users.csv", text)
    assert words in str(error.value)


def test_workbook_of_users_is_read() -> None:
    path = Path(__file__).parents[3] / "importer/examples/hours.xlsx"
    with pytest.raises(UsageError, match="has no user ids"):
        read_people(path)
