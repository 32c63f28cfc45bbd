"""Pages of a list, and the cursors between them. Pure."""

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
"""Bytes of the code that guards a cursor: 128 bits of HMAC-SHA-256 (RFC 2104, section 5)."""
_MAX_CURSOR: Final = 400


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a list, in order."""

    entries: list[Entry]
    last: str | None
    """The position after which the next page begins; None where there is none."""


def take_page(entries: Iterable[Entry], query: ListQuery) -> Page:
    """Take from `entries` those that match, up to the limit.

    A page is shorter where too few of the entries it may look at match; the next goes on from there.
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
    """Makes and reads the cursors of one caller's one list: opaque, and worthless to anyone else."""

    def __init__(self, secret: str, list_name: str, caller: str, filters: Mapping[str, str]) -> None:
        """Bind cursors to all that says what is listed; a page's length may change from page to page."""
        self._secret = secret.encode()
        bound = {name: value for name, value in filters.items() if name not in ("cursor", "limit")}
        self._bound = json.dumps([list_name, caller, sorted(bound.items())]).encode()

    def make(self, position: str) -> str:
        """Return a cursor that stands for a position."""
        seal = hmac.digest(self._secret, self._bound + b"\n" + position.encode(), hashlib.sha256)[:_SEAL]
        return urlsafe_b64encode(seal + position.encode()).decode().rstrip("=")

    def read(self, cursor: str) -> str:
        """Return the position that a cursor stands for.

        Raises
        ------
        Problem
            `malformed_request` for a cursor that was changed, or made for another list.

        """
        try:
            position = urlsafe_b64decode(f"{cursor[:_MAX_CURSOR]}==")[_SEAL:].decode()
        except ValueError:
            position = ""
        # Made anew and compared whole: the decoder overlooks characters that are no base64.
        if not hmac.compare_digest(self.make(position).encode(), cursor.encode(errors="replace")):
            raise Problem(
                "malformed_request",
                "Query parameter 'cursor' is not one that this list gave with these filters;"
                " start again without it",
            )
        return position
