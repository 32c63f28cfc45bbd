"""Pages of a list, and the cursors that link them. Pure."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from timesheets.model.entry import Entry
from timesheets.model.errors import Problem
from timesheets.model.query import MAX_EXAMINED, ListQuery

_SEAL: Final = 16
"""Bytes of the code that guards a cursor: HMAC-SHA-256, cut to 128 bits (RFC 2104, section 5)."""
_MAX_CURSOR: Final = 400
_UNBOUND: Final = ("cursor", "limit", "format")
"""Characters."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a list, in order."""

    entries: list[Entry]
    last: str | None
    """The position after which the next page begins; None on the last page."""


def take_page(entries: Iterable[Entry], query: ListQuery) -> Page:
    """Return the next page of those `entries` that match.

    A page examines at most `MAX_EXAMINED` entries. So it may hold fewer than `query.limit`, or none,
    although there are more; the next page continues from there.
    """
    matching: list[Entry] = []
    position = None
    for examined, entry in enumerate(entries):
        if len(matching) == query.limit or examined == MAX_EXAMINED:
            return Page(matching, position)
        position = entry.position
        if query.matches(entry):
            matching.append(entry)
    return Page(matching, None)


class Cursors:
    """Makes and reads opaque cursors, each valid for one list, one caller and the same filters."""

    def __init__(self, secret: bytes, list_name: str, caller: str, filters: Mapping[str, str]) -> None:
        """Bind cursors to a list, its caller and its filters; `limit` and `format` may change."""
        self._secret = secret
        bound = {name: value for name, value in filters.items() if name not in _UNBOUND}
        self._bound = json.dumps([list_name, caller, sorted(bound.items())]).encode()

    def make(self, position: str) -> str:
        """Return the cursor for a position."""
        seal = hmac.digest(self._secret, self._bound + b"\n" + position.encode(), hashlib.sha256)[:_SEAL]
        return urlsafe_b64encode(seal + position.encode()).decode().rstrip("=")

    def read(self, cursor: str | None) -> str | None:
        """Return a cursor's position; None without a cursor, for the first page.

        Raises
        ------
        Problem
            `malformed_request` for a cursor that was changed or made for another list.

        """
        if cursor is None:
            return None
        try:
            position = urlsafe_b64decode(f"{cursor[:_MAX_CURSOR]}==")[_SEAL:].decode()
        except ValueError:
            position = ""
        # Compare the whole text: the decoder ignores characters outside of base64's alphabet.
        if not hmac.compare_digest(self.make(position).encode(), cursor.encode(errors="replace")):
            raise Problem(
                "malformed_request",
                "Query parameter 'cursor' was not issued for this list and these filters;"
                " start again without it",
            )
        return position
