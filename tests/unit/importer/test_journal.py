"""What of a file is in, and the rows that are not."""

import csv
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from timesheets_import import rejecting
from timesheets_import.errors import Usage
from timesheets_import.files import Layout, Record
from timesheets_import.journal import Journal, Rejected
from timesheets_import.mapping import Reading

type Read = Callable[..., tuple[Layout, list[Record]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hours.csv.import.sqlite"


def test_it_goes_on_where_it_was(path: Path) -> None:
    with Journal(path, "a") as journal:
        journal.record(0, Counter(created=99, rejected=1), [Rejected(7, "x", "no")])
        journal.record(2, Counter(updated=3), [])
    with Journal(path, "a") as journal:
        assert journal.done() == {0, 2}
        assert journal.totals() == Counter(created=99, updated=3, rejected=1)
        assert list(journal.rejected()) == [Rejected(7, "x", "no")]
        assert journal.written == 0
        journal.written = 1
        journal.written = 2
        assert journal.written == 2


@pytest.mark.parametrize(("about", "again"), [("b", False), ("a", True)])
def test_another_content_or_the_users_wish_begins_anew(about: str, again: bool, path: Path) -> None:  # noqa: FBT001
    with Journal(path, "a") as journal:
        journal.record(0, Counter(created=1), [Rejected(7, "x", "no")])
    with Journal(path, about, again=again) as journal:
        assert (journal.done(), list(journal.rejected())) == (set(), [])


def test_one_importer_at_a_time_has_it(path: Path) -> None:
    with Journal(path, "a"), pytest.raises(Usage, match="Another timesheets-import is at work"):
        Journal(path, "a")
    with Journal(path, "a"):
        pass


def test_a_batch_is_kept_whole_or_not_at_all(path: Path) -> None:
    with Journal(path, "a") as journal, pytest.raises(sqlite3.Error):
        journal.record(0, Counter(created=1), [Rejected(7, "x", object())])  # type: ignore[arg-type]
    with Journal(path, "a") as journal:
        assert (journal.done(), list(journal.rejected())) == (set(), [])


def test_one_that_is_damaged_or_out_of_reach_says_what_to_do(path: Path, tmp_path: Path) -> None:
    path.write_text("no database" * 1000)
    with pytest.raises(Usage, match="delete it"):
        Journal(path, "a")
    with pytest.raises(Usage, match="--journal"):
        Journal(tmp_path / "none" / "j", "a")
    read_only = tmp_path / "folder"
    read_only.mkdir()
    with pytest.raises(Usage, match="--journal"):
        Journal(read_only, "a")


@pytest.mark.parametrize(
    ("text", "reading", "written"),
    [
        (
            "user_id;Extra;hours\na;1;2,5\nb;2;3\n",
            Reading(ignore_others=True),
            [["user_id", "Extra", "hours", "external_id", "reason"], ["b", "2", "3", "key", "why; so"]],
        ),
        (
            "user_id;Reason;Key;hours\na;;;1\nb;old;mine;2\n",
            Reading({"external_id": "Key"}),
            [["user_id", "Reason", "Key", "hours"], ["b", "why; so", "key", "2"]],
        ),
        (
            '{"user_id": "a"}\n{"user_id": "b", "Stunden": 2.50, "notes": null}\n',
            Reading({"hours": "Stunden"}),
            [
                ["user_id", "date", "project", "Stunden", "notes", "external_id", "reason"],
                ["b", "", "", "2.50", "", "key", "why; so"],
            ],
        ),
    ],
)
def test_rejected_rows_are_written_as_they_stand_with_the_reason(
    text: str, reading: Reading, written: list[list[str]], read: Read, tmp_path: Path
) -> None:
    layout, rows = read(text.encode(), reading)
    path = tmp_path / "rejected.csv"
    rejecting.write(path, [Rejected(rows[1].line, "key", "why; so")], rows, layout, reading)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=layout.delimiter)) == written
    assert list(tmp_path.iterdir()) == [path]
