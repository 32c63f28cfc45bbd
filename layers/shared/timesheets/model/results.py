"""Results of requests that change many entries."""

from dataclasses import dataclass
from typing import Literal

from timesheets.model.entry import Entry

type RowStatus = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result of a row that was not rejected; a rejected row's result is a Problem."""

    status: RowStatus
    entry_id: str
    entry: Entry | None = None
    """The entry after the request, unless it was not read."""
