"""The callers of the attempts, what they try to reach, and the parts of their requests."""

import re
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx

from tests.local.callers import Caller

GOOD = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
REJECT = {"approved": False, "reason": "No"}
NOT_FOUND = (404, "not_found")
NO_SCOPE = (403, "insufficient_scope")
OWN = (403, "self_approval")
MALFORMED = (400, "malformed_request")
INVALID = (422, "invalid_entry")
OK = (200, None)
CREATED = (201, None)
MULTI = (207, None)
GONE = (204, None)
STALE = (412, "version_mismatch")
NO_STATE = (428, "precondition_required")

HIDDEN = ("id", "imported", "ana", "undecided", "approved", "rejected")
"""The names of values that no answer may hold: ana's entries, ana, and the entries of mia's own."""

type Row = tuple[str, str, str, dict[str, Any], tuple[int, str | None]]
"""Caller, method, path, further parts of the request, expected answer. $names refer to `World.names`."""


@dataclass(frozen=True)
class World:
    """Ana's two entries (one imported for her), her signed week, and the callers who try to reach them."""

    callers: dict[str, Caller]
    names: dict[str, str]

    def attempt(self, row: Row) -> httpx.Response:
        who, method, path, request, _ = row
        # The client would normalize dots and slashes in a URL; a raw target is sent unchanged.
        target = self.real(path).replace("|", "%7C").encode()
        return self.callers[who](method, "/", extensions={"target": target}, **self.real(request))

    def real(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.real(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.real(inner) for inner in value]
        return re.sub(r"\$(\w+)", lambda m: self.names[m[1]], value) if isinstance(value, str) else value

    def entries(self) -> list[bytes]:
        """Return the entries and the weeks of ana and of mia, which no attempt may change."""
        paths = ("/timesheets", "/timesheets/weeks/2026-W47")
        return [self.callers[name]("GET", path).content for name in ("ana", "mia") for path in paths]


ONE_ENTRY: list[tuple[str, dict[str, Any]]] = [
    ("GET", {}),
    ("PATCH", {"json": {"hours": 1}}),
    ("PATCH", {"json": {}}),
    ("PATCH", {"json": {"hours": 1}, "headers": {"If-Match": "*"}}),
    ("DELETE", {}),
    ("DELETE", {"headers": {"If-Match": '"1"'}}),
]
DECISIONS: list[tuple[str, dict[str, Any]]] = [
    ("PUT", {}),
    ("PUT", {"json": {"approved": True}}),
    ("PUT", {"json": REJECT}),
    ("PUT", {"headers": {"If-Match": "*"}}),
    ("DELETE", {}),
]
SUBMISSIONS: list[tuple[str, dict[str, Any]]] = [
    ("PUT", {}),
    ("PUT", {"headers": {"If-Match": "$week"}}),
    ("DELETE", {}),
    ("DELETE", {"headers": {"If-Match": "$week"}}),
]
DECIDE = {"id": "$id", "version": 1, "approved": True}
