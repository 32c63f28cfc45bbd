"""Results of requests that change many entries. The result of a refused row is a `Problem`."""

from dataclasses import dataclass
from typing import Any, Literal

from timesheets.model.entry import Entry

type RowStatus = Literal["created", "updated", "unchanged"]
type DecisionStatus = Literal["decided", "unchanged"]


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result of a row of an upload."""

    status: RowStatus
    entry_id: str
    entry: Entry | None = None
    """The entry after the request, unless it was not read."""

    def to_json(self) -> dict[str, Any]:
        """Return the result for callers."""
        return {"status": self.status, "id": self.entry_id}


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The result of a decision among many."""

    status: DecisionStatus
    entry: Entry
    """The entry after the decision."""

    def to_json(self) -> dict[str, Any]:
        """Return the result for callers."""
        return {"status": self.status, "entry": self.entry.to_json()}
