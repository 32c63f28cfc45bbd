"""A reference model of weeks: their sums, their signatures and the board (see model.py)."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.local.machine.model import Entry, Json, Refused


class Weeks:
    """The weeks of the entries of a model."""

    def __init__(self, entries: dict[int, Entry]) -> None:
        self._entries = entries
        self.signed: dict[tuple[str, dt.date], Json] = {}
        """The signatures by user and Monday."""
        self._signatures = 0
        """Ever made."""

    def read(self, user_id: str, monday: dt.date) -> Json:
        """Return a week with the signature's versions by model ids, and without its time."""
        sums: dict[str, dict[str, Decimal]] = {
            "date": defaultdict(Decimal),
            "project": defaultdict(Decimal),
            "status": defaultdict(Decimal),
        }
        for entry in self._in_week(user_id, monday):
            for name, hours_by in sums.items():
                hours_by[getattr(entry, name)] += entry.hours
        signature = self.signed.get((user_id, monday))
        submitted = {name: signature[name] for name in ("total_hours", "versions")} if signature else {}
        current = {"current": self._content(user_id, monday) == signature["content"]} if signature else {}
        return {
            "week": f"{monday:%G-W%V}",
            "from": str(monday),
            "to": str(monday + dt.timedelta(6)),
            "total_hours": sum(sums["date"].values()),
            "by_day": sums["date"],
            "by_project": sums["project"],
            "by_status": sums["status"],
            **({"submitted": submitted | current} if signature else {}),
        }

    def state(self, user_id: str, monday: dt.date) -> Json:
        """Return the state that a week's ETag names."""
        versions = {entry.id: entry.version for entry in self._in_week(user_id, monday)}
        return {"versions": versions, "signed": self.signed.get((user_id, monday), {}).get("number")}

    def sign(self, user_id: str, monday: dt.date, state: Json) -> Json:
        """Sign the week if it is in a state."""
        present, content = self.state(user_id, monday), self._content(user_id, monday)
        signature = self.signed.get((user_id, monday))
        current = signature is not None and signature["content"] == content
        if state != present and not (signature and current and signature["state"] == state):
            raise Refused(412, "version_mismatch")
        if not current:
            self._signatures += 1
            hours = sum((entry.hours for entry in self._in_week(user_id, monday)), Decimal())
            signed = {"total_hours": hours, "versions": present["versions"], "content": content}
            self.signed[user_id, monday] = signed | {"state": state, "number": self._signatures}
        return self.read(user_id, monday)

    def withdraw(self, user_id: str, monday: dt.date) -> None:
        self.signed.pop((user_id, monday), None)

    def board(self, user_id: str, monday: dt.date) -> dict[str, Json]:
        """Return the rows of the board by user, each as `read` does, without names."""
        weeks = {
            (entry.user_id, _monday(entry.date)) for entry in self._entries.values()
        } | self.signed.keys()
        before = {monday - dt.timedelta(7 * number) for number in range(1, 9)}
        rows: dict[str, Json] = {}
        for person in {owner for owner, _ in weeks} - {user_id}:
            week = self.read(person, monday)
            expected = any((person, one) in weeks for one in before)
            rows[person] = {name: week[name] for name in week if name not in {"from", "to", "by_project"}}
            rows[person] |= {"missing": expected and (person, monday) not in weeks}
        return rows

    def _in_week(self, user_id: str, monday: dt.date) -> list[Entry]:
        last = monday + dt.timedelta(6)
        entries = self._entries.values()
        return [one for one in entries if one.user_id == user_id and str(monday) <= one.date <= str(last)]

    def _content(self, user_id: str, monday: dt.date) -> dict[int, Any]:
        """Return the content that a signature covers."""
        return {e.id: (e.date, e.project, e.hours, e.notes) for e in self._in_week(user_id, monday)}


def _monday(day: str) -> dt.date:
    date = dt.date.fromisoformat(day)
    return date - dt.timedelta(date.weekday())
