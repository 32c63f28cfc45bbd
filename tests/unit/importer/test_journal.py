"""The journal, and the file of rejected rows."""

import csv
import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.support import DATES
from tests.unit.importer.support import check, read
from timesheets.model.ids import new_id
from timesheets_import.columns import Format
from timesheets_import.errors import UsageError
from timesheets_import.journal import Journal, Rejection
from timesheets_import.layout import Layout
from timesheets_import.records import Record
from timesheets_import.rejects import write_rejects
from timesheets_import.rows import RowReader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hours.csv.import.sqlite"


def test_journal_keeps_batches_and_rejections(path: Path) -> None:
    with Journal(path, "a") as journal:
        journal.record(0, Counter(created=99, rejected=1), [Rejection(7, "x", "no")])
        journal.record(2, Counter(updated=3), [])
    with Journal(path, "a") as journal:
        assert journal.done() == {0, 2}
        assert journal.totals() == Counter(created=99, updated=3, rejected=1)
        assert list(journal.rejections()) == [Rejection(7, "x", "no")]
        assert journal.written == 0
        journal.written = 1
        journal.written = 2
        assert journal.written == 2


@pytest.mark.parametrize(("about", "again"), [("b", False), ("a", True)])
def test_another_key_or_a_restart_clears_the_journal(about: str, again: bool, path: Path) -> None:  # noqa: FBT001
    with Journal(path, "a") as journal:
        journal.record(0, Counter(created=1), [Rejection(7, "x", "no")])
    with Journal(path, about, restart=again) as journal:
        assert (journal.done(), list(journal.rejections())) == (set(), [])


def test_journal_is_locked_while_open(path: Path) -> None:
    with (
        Journal(path, "a"),
        pytest.raises(UsageError, match="Another timesheets-import"),
    ):
        Journal(path, "a")
    with Journal(path, "a"):
        pass


def test_batch_is_recorded_in_one_transaction(path: Path) -> None:
    with Journal(path, "a") as journal, pytest.raises(sqlite3.Error):
        journal.record(0, Counter(created=1), [Rejection(7, "x", object())])  # type: ignore[arg-type]
    with Journal(path, "a") as journal:
        assert (journal.done(), list(journal.rejections())) == (set(), [])


def test_unusable_journal_names_the_remedy(path: Path, tmp_path: Path) -> None:
    path.write_text("no database" * 1000)
    with pytest.raises(UsageError, match="delete it"):
        Journal(path, "a")
    with pytest.raises(UsageError, match="--journal"):
        Journal(tmp_path / "none" / "j", "a")
    read_only = tmp_path / "folder"
    read_only.mkdir()
    with pytest.raises(UsageError, match="--journal"):
        Journal(read_only, "a")


@pytest.mark.parametrize(
    ("text", "form", "written"),
    [
        (
            "user_id;Extra;hours\na;1;2,5\nb;2;3\n",
            Format(ignore_other_columns=True),
            [["user_id", "Extra", "hours", "external_id", "reason"], ["b", "2", "3", "key", "why; so"]],
        ),
        (
            "user_id;Reason;Key;hours\na;;;1\nb;old;mine;2\n",
            Format({"external_id": "Key"}),
            [["user_id", "Reason", "Key", "hours"], ["b", "why; so", "key", "2"]],
        ),
        (
            '{"user_id": "a"}\n{"user_id": "b", "Stunden": 2.50, "notes": null}\n',
            Format({"hours": "Stunden"}),
            [
                [
                    *("user_id", "date", "project", "Stunden", "notes", "external_id", "start", "end"),
                    *("id", "version", "reason"),
                ],
                ["b", "", "", "2.50", "", "key", "", "", "", "", "why; so"],
            ],
        ),
    ],
)
def test_rejects_are_the_rows_of_the_file_with_the_reason(
    text: str, form: Format, written: list[list[str]], tmp_path: Path
) -> None:
    layout, rows = read(text.encode(), form)
    path = tmp_path / "rejected.csv"
    write_rejects(path, [Rejection(rows[1].line, "key", "why; so")], rows, layout, form)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=layout.delimiter)) == written
    assert list(tmp_path.iterdir()) == [path]


def test_rejects_of_a_workbook_keep_its_columns_and_are_no_formulas(tmp_path: Path) -> None:
    header = ("Person", "Notes", "Time", "Project", "Day")
    layout = Layout("xlsx", "binary", header=header)
    record = Record(2, ["ana", "'-7 =1", "7:30:00", "=1+1", "2026-11-25"])
    form = Format({"user_id": "Person", "hours": "Time", "date": "Day"})
    path = tmp_path / "rejected.csv"
    write_rejects(path, [Rejection(2, "key", "why")], [record], layout, form)
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert written[0] == [*header, "external_id", "reason"]
    assert written[1] == ["ana", "'-7 =1", "7:30:00", "'=1+1", "2026-11-25", "key", "why"]
    (before,) = RowReader(layout, form, DATES).read([record])
    (after,) = check(path.read_bytes(), form)
    assert (before.row and before.row.digest) == (after.row and after.row.digest)


def test_rejects_of_exported_json_keep_the_reference_to_the_entry(tmp_path: Path) -> None:
    entry = {"user_id": "auth0|ana", "date": "2026-11-20", "project": "=1", "hours": 2}
    reference = {"id": new_id("auth0|ana"), "version": 3}
    layout, records = read(json.dumps(entry | reference).encode())
    path = tmp_path / "rejected.csv"
    write_rejects(path, [Rejection(1, "", "why")], records, layout, Format())
    (row,) = check(path.read_bytes())
    assert row.to_json() == entry | reference
