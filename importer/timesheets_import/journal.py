"""What of a file is in: a SQLite file beside it, right whenever the importer is killed."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple, Self

from timesheets_import.errors import Usage, printable

STATUSES: Final = ("created", "updated", "unchanged", "rejected")

_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE batches (
    number INTEGER PRIMARY KEY, created INTEGER, updated INTEGER, unchanged INTEGER, rejected INTEGER
);
CREATE TABLE rejected (line INTEGER PRIMARY KEY, external_id TEXT, reason TEXT);
"""


class Rejected(NamedTuple):
    """A row that the API would not take."""

    line: int
    external_id: str
    reason: str


class Journal:
    """One import's journal. While it is open, no other importer opens it."""

    def __init__(self, path: Path, about: str, *, again: bool = False) -> None:
        """Open the journal at a path, and begin anew unless it is `about` the same import.

        Raises
        ------
        Usage
            If another importer has it, or it can't be used.

        """
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=0)
        except sqlite3.Error as error:
            raise self._unusable(path, error) from None
        try:
            # The lock is the file's, and goes with the process, however that ends.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("BEGIN EXCLUSIVE")
            if again or self._about("import") != about:
                self._begin(about)
            self._database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._database.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Usage(
                    f"Another timesheets-import is at work on this file (it holds {printable(str(path))})."
                    " Wait for its end, or stop it"
                ) from None
            raise self._unusable(path, error) from None

    @staticmethod
    def _unusable(path: Path, error: sqlite3.Error) -> Usage:
        return Usage(
            f"The journal {printable(str(path))} can't be used ({error}). If it is damaged, delete it: rows"
            " that are in are not made twice. If its folder can't be written to, name another: --journal"
        )

    def _about(self, name: str) -> str | None:
        if not self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
            return None
        found = self._database.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    def _begin(self, about: str) -> None:
        for name in ("about", "batches", "rejected"):
            self._database.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in _SCHEMA.strip().split(";\n"):
            self._database.execute(statement)
        self._database.execute("INSERT INTO about VALUES ('import', ?)", (about,))

    def __enter__(self) -> Self:
        """Hold it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let others have it."""
        self._database.close()

    def done(self) -> set[int]:
        """Return the numbers of the batches that are in."""
        return {number for (number,) in self._database.execute("SELECT number FROM batches")}

    def record(self, number: int, counts: Counter[str], rejected: Iterable[Rejected]) -> None:
        """Keep what became of a batch, all of it or nothing."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO rejected VALUES (?, ?, ?)", rejected)
        row = (number, *(counts[status] for status in STATUSES))
        self._database.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", row)
        self._database.execute("COMMIT")

    def totals(self) -> Counter[str]:
        """Return how many rows were created, updated, unchanged and rejected."""
        sums = ", ".join(f"coalesce(sum({status}), 0)" for status in STATUSES)
        (found,) = self._database.execute(f"SELECT {sums} FROM batches")  # noqa: S608 names of our own
        return Counter(dict(zip(STATUSES, found, strict=True)))

    def rejected(self) -> Iterator[Rejected]:
        """Yield the rejected rows in the file's order."""
        with closing(self._database.execute("SELECT * FROM rejected ORDER BY line")) as found:
            yield from map(Rejected._make, found)

    @property
    def written(self) -> int:
        """How many rejected rows were written out when that was last done."""
        return int(self._about("written") or 0)

    @written.setter
    def written(self, count: int) -> None:
        self._database.execute("INSERT OR REPLACE INTO about VALUES ('written', ?)", (str(count),))
