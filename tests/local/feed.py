"""A reader of the feed of changes, which keeps a copy of all entries as a payroll system would."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.local.callers import Caller

type Json = dict[str, Any]

WITHIN = 120
"""Seconds in which changes reach the feed and the event bus, after thousands of other tests' changes."""


class Reader:
    """Reads the feed from its beginning on."""

    def __init__(self, payroll: Caller) -> None:
        self.payroll = payroll
        self.log: str | None = None
        self.next = 0
        self.changes: dict[str, list[Json]] = {}
        """The changes by entry, in order of version."""

    def catch_up(self) -> None:
        """Read until a page has no link. Check that numbers have no gap and versions none, either."""
        following = True
        while following:
            answer = self.payroll("GET", "/changes", params={"after": self.next})
            assert answer.status_code == 200, answer.text
            page = answer.json(parse_float=Decimal)
            assert self.log in {None, page["log"]}
            numbers = [change["number"] for change in page["changes"]]
            assert numbers == list(range(self.next + 1, page["next"] + 1))
            self.log, self.next = page["log"], page["next"]
            for change in page["changes"]:
                known = self.changes.setdefault(change["entry"]["id"], [])
                assert not known or change["version"] == known[-1]["version"] + 1
                known.append(change)
            following = "next" in answer.links
            if following:
                assert answer.links["next"]["url"] == f"?after={self.next}&limit=100"

    def until(self, complete: Callable[[], bool]) -> None:
        """Read until a condition holds."""
        deadline = time.monotonic() + WITHIN
        self.catch_up()
        while not complete():
            assert time.monotonic() < deadline, "the feed lacks changes"
            time.sleep(0.2)
            self.catch_up()

    def copy(self, user_id: str) -> dict[str, Json]:
        """Return a user's entries by id, folded from the changes."""
        latest = (changes[-1] for changes in self.changes.values())
        return {
            change["entry"]["id"]: change["entry"]
            for change in latest
            if change["change"] not in {"deleted", "erased"} and change["entry"]["user_id"] == user_id
        }
