"""A company whose people change their entries, and sign their weeks, at random."""

import random
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from ops.erase import Eraser
from tests.store.support import NOW, entry
from timesheets.model.entry import Decision, Entry, corrected, decided, reopened, rfc3339
from timesheets.model.ids import hash_of
from timesheets.model.week import Week, week_of
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People
from timesheets.store.weeks import Weeks
from timesheets.stream.numbering import number_entries

USERS = [f"auth0|{n}" for n in range(6)]
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 22)


class Company:
    """People who change their entries, and sign their weeks, at random."""

    def __init__(self, table: Table, seed: int, *, days: range = range(-2, 9), late: int = 0) -> None:
        """Make entries of days that are counted from `FIRST`.

        The stream's function is at most `late` of its tasks behind.
        """
        self._table = table
        self._entries = Entries(table)
        self._weeks = Weeks(table)
        self._random = random.Random(seed)  # noqa: S311 no secret
        self._days = days
        self.kept: list[Entry] = []
        self.signed: dict[tuple[str, str], list[Entry]] = {}
        """The entries that are signed, by user and week."""
        self._late = late
        self._tasks = deque[Callable[[], object]]()
        """The tasks of the stream's function."""
        self._erased: set[str] = set()

    def step(self) -> None:
        """Make one change, and let the stream's function work, sometimes later."""
        kept = self._random.choice(self.kept) if self.kept and self._random.random() < 0.7 else None
        if kept is None:
            user, day = self._random.choice([user for user in USERS if user not in self._erased]), self._day()
            one = entry(user, date=day, project=self._random.choice("AB"), hours=self._hours())
            self._entries.add(one)
            self.kept.append(one)
        else:
            one = kept
            self.kept.remove(kept)
            self._change(kept)
        self._tasks.append(partial(People(self._table).refresh, hash_of(one.user_id)))
        if self._random.random() < 0.9:
            self._tasks.append(partial(number_entries, Changes(self._table), [one.id]))
        while len(self._tasks) > self._random.randint(0, self._late):
            self._tasks.popleft()()

    def erase(self, user: str) -> None:
        """Erase the data of someone who logs nothing any more."""
        self._erased.add(user)
        self.kept = [one for one in self.kept if one.user_id != user]
        Eraser(self._table, user, rfc3339(NOW)).run()

    def _change(self, one: Entry) -> None:
        match one.status:
            case "pending":
                kind: Any = self._random.choice(["corrected", "approved", "deleted"])
            case _:
                kind = "reopened"
        match kind:
            case "deleted":
                self._entries.remove(one, by=one.user_id, now=NOW)
                return
            case "corrected":
                new = corrected(one, {"hours": self._hours()}, by=one.user_id, now=NOW)
            case "approved":
                new = decided(one, Decision(approved=True), reviewer="auth0|mia", now=NOW)
            case _:
                new = reopened(one, reviewer="auth0|mia", now=NOW)
        self._entries.replace(one, new, kind)
        self.kept.append(new)

    def sign(self) -> None:
        """Let someone sign a week, or take the signature back."""
        user, week = self._random.choice(USERS), week_of(self._day())
        found = self._weeks.find(user, week)
        if found.signature and self._random.random() < 0.3:
            self._weeks.withdraw(found.signature)
            del self.signed[user, week.name]
        else:
            new = found.sign({found.tag}, user_id=user, user_email=None, user_name=None, now=NOW)
            self._weeks.sign(found.signature, new)
            self.signed[user, week.name] = self.entries_in(user, week)
        People(self._table).refresh(hash_of(user))

    def entries_in(self, user: str, week: Week) -> list[Entry]:
        """Return a user's entries of a week."""
        return [one for one in self.kept if one.user_id == user and week.first <= one.date <= week.last]

    def _day(self) -> date:
        return FIRST + timedelta(self._random.choice(self._days))

    def _hours(self) -> Decimal:
        return Decimal(self._random.randrange(1, 800)) / 100
