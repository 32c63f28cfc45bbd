"""The changes of an entry, each a row of its history."""

from dataclasses import dataclass
from typing import Any, Literal

from timesheets.model.entry import Entry

type ChangeKind = Literal[
    "created", "corrected", "approved", "rejected", "reopened", "deleted", "restored", "erased"
]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one entry. The versions of an entry's changes are dense."""

    kind: ChangeKind
    entry_id: str
    version: int
    """The entry's version after the change; a deletion has one, too."""
    at: str
    """UTC (RFC 3339, section 5.6)."""
    by: str | None
    """The caller's `sub`, or the client's id of an import; None if it is not known."""
    entry: Entry | None
    """The entry after the change; before it for a deletion; None once its owner's data were erased."""
    number: int | None = None
    """The position among the changes of all entries; None until it is given."""

    def to_json(self, *, numbered: bool) -> dict[str, Any]:
        """Return the change for callers, with its number only if they may see it."""
        entry = {"id": self.entry_id} if self.entry is None else self.entry.to_json()
        members = {
            "number": self.number if numbered else None,
            "change": self.kind,
            "version": self.version,
            "at": self.at,
            "by": self.by,
            "entry": entry,
        }
        return {name: value for name, value in members.items() if value is not None}


def change_to(kind: ChangeKind, entry: Entry) -> Change:
    """Return the change that made the present version of an entry."""
    return Change(kind, entry.id, entry.version, entry.modified_at, entry.modified_by, entry)


def deletion(entry: Entry, *, by: str | None, at: str) -> Change:
    """Return the change that deletes an entry."""
    return Change("deleted", entry.id, entry.version + 1, at, by, entry)
