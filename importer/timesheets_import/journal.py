"""Record which batches are imported, in a SQLite file that survives a kill at any moment."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple, Self

from timesheets_import.errors import UsageError
from timesheets_import.text import printable

STATUSES: Final = ("created", "updated", "unchanged", "rejected")

_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE batches (
    number INTEGER PRIMARY KEY, created INTEGER, updated INTEGER, unchanged INTEGER, rejected INTEGER
);
CREATE TABLE rejected (line INTEGER PRIMARY KEY, external_id TEXT, reason TEXT);
"""


class Rejection(NamedTuple):
    """A row that the API rejected."""

    line: int
    external_id: str
    reason: str


class Journal:
    """The journal of one import. It is locked while it is open."""

    def __init__(self, path: Path, key: str, *, restart: bool = False) -> None:
        """Open the journal; start a new one unless its key is the same.

        Raises
        ------
        UsageError
            If another importer has it open, or it cannot be used.

        """
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=0)
        except sqlite3.Error as error:
            raise _unusable(path, error) from None
        try:
            # The operating system releases this lock when the process ends, however it ends.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("BEGIN EXCLUSIVE")
            if restart or self._fact("import") != key:
                self._create(key)
            self._database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._database.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise UsageError(
                    f"Another timesheets-import is importing this file (it has {printable(str(path))} open)."
                    " Wait until it ends, or stop it"
                ) from None
            raise _unusable(path, error) from None

    def _fact(self, name: str) -> str | None:
        if not self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
            return None
        row = self._database.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _create(self, key: str) -> None:
        for name in ("about", "batches", "rejected"):
            self._database.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in _SCHEMA.strip().split(";\n"):
            self._database.execute(statement)
        self._database.execute("INSERT INTO about VALUES ('import', ?)", (key,))

    def __enter__(self) -> Self:
        """Keep the journal locked."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the journal."""
        self._database.close()

    def done(self) -> set[int]:
        """Return the numbers of the imported batches."""
        return {number for (number,) in self._database.execute("SELECT number FROM batches")}

    def record(self, number: int, counts: Counter[str], rejections: Iterable[Rejection]) -> None:
        """Record a batch's results in one transaction."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO rejected VALUES (?, ?, ?)", rejections)
        row = (number, *(counts[status] for status in STATUSES))
        self._database.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", row)
        self._database.execute("COMMIT")

    def totals(self) -> Counter[str]:
        """Return the number of rows with each status."""
        sums = ", ".join(f"coalesce(sum({status}), 0)" for status in STATUSES)
        (row,) = self._database.execute(f"SELECT {sums} FROM batches")  # noqa: S608 constant names
        return Counter(dict(zip(STATUSES, row, strict=True)))

    def rejections(self) -> Iterator[Rejection]:
        """Yield the rejected rows in the file's order."""
        with closing(self._database.execute("SELECT * FROM rejected ORDER BY line")) as rows:
            yield from map(Rejection._make, rows)

    @property
    def written(self) -> int:
        """The number of rejected rows in the file of rejects."""
        return int(self._fact("written") or 0)

    @written.setter
    def written(self, count: int) -> None:
        self._database.execute("INSERT OR REPLACE INTO about VALUES ('written', ?)", (str(count),))


def _unusable(path: Path, error: sqlite3.Error) -> UsageError:
    return UsageError(
        f"The journal {printable(str(path))} cannot be used ({error}). If it is damaged, delete it: imported"
        " rows are not created twice. If its folder is not writable, choose another file: --journal"
    )
