"""Count equal rows and compare external ids, in a temporary SQLite file: a million do not fit into memory."""

import sqlite3


class Repeats:
    """The rows of one pass over a file."""

    def __init__(self) -> None:
        """Create a private temporary database."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000;"
            "CREATE TABLE rows (digest TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;"
            "CREATE TABLE ids (id TEXT PRIMARY KEY, line INTEGER, digest TEXT) WITHOUT ROWID;"
            "BEGIN"
        )

    def close(self) -> None:
        """Delete the database."""
        self._database.close()

    def count(self, digest: str) -> int:
        """Return the number of rows with this content so far, this one included."""
        (count,) = self._database.execute(
            "INSERT INTO rows VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
            (digest,),
        ).fetchone()
        return int(count)

    def first(self, external_id: str, line: int, digest: str) -> tuple[int, str]:
        """Return the line and the digest of the first row with an external id."""
        first: tuple[int, str] = self._database.execute(
            "INSERT INTO ids VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET line = line RETURNING line, digest",
            (external_id, line, digest),
        ).fetchone()
        return first
