"""The API beside the reference model: their answers to the same requests are compared."""

import datetime as dt
import itertools
import secrets
import time
from collections.abc import Callable
from decimal import Decimal

import httpx2 as httpx

from tests.local.callers import MANAGER, Caller, Newcomers
from tests.local.feed import WITHIN, Reader
from tests.local.machine.model import Entry, Filters, Json, Model, Refused
from tests.local.machine.weeks import Weeks

FORTNIGHT = dt.timedelta(14)
# Approvals list everyone's entries, so each example has days of its own, within the limits of dates.
# The first ones are random, since an earlier run may have used the stack.
FORTNIGHTS = 650
mondays = (
    dt.date(2000, 1, 3) + FORTNIGHT * (n % FORTNIGHTS) for n in itertools.count(secrets.randbelow(FORTNIGHTS))
)


class Pair:
    """The API and the model, with three people and an importing program of their own."""

    def __init__(self, newcomers: Newcomers, reader: Reader) -> None:
        self.reader = reader
        self.people = {"ana": newcomers.person("ana"), "carl": newcomers.person("carl")}
        self.mia = self.people["mia"] = newcomers.person("mia", MANAGER)
        self.program = newcomers.program()
        self.monday = next(mondays)
        self.model = Model()
        self.weeks = Weeks(self.model.entries)
        self.server_ids: dict[int, str] = {}
        self.versions: dict[tuple[str, int], Json] = {}
        self.histories: dict[str, list[Json]] = {}

    # Translation of Hypothesis' values

    def real(self, body: Json) -> Json:
        """Replace indexes by days and names by users."""
        body = dict(body)
        if isinstance(body.get("date"), int):
            body["date"] = str(self.monday + dt.timedelta(body["date"]))
        if body.get("user_id") in self.people:
            body["user_id"] = self.people[body["user_id"]].sub
        return body

    def period(self, query: Json) -> Filters:
        first, last = sorted((query.get("from", 0), query.get("to", 13)))
        bounds = {"from": first, "to": last}
        dates = {name: str(self.monday + dt.timedelta(bounds[name])) for name in bounds if name in query}
        query = {name: str(value) for name, value in query.items()}
        if "user_id" in query:
            query["user_id"] = self.people[query["user_id"]].sub
        return query | dates

    def number(self, n: int) -> int:
        """Pick an entry; one time in five from all, deleted ones included."""
        return pick(list(self.model.entries if n % 5 and self.model.entries else self.server_ids), n)

    def owner(self, number: int) -> Caller:
        entry = self.model.entries.get(number)
        owners = [caller for caller in self.people.values() if entry and caller.sub == entry.user_id]
        return owners[0] if owners else self.mia

    def if_match(self, number: int, match: int | None) -> tuple[int | None, dict[str, str]]:
        if match is None:
            return None, {}
        entry = self.model.entries.get(number)
        version = (entry.version if entry else 1) + match
        return version, {"If-Match": f'"{version}"'}

    # Comparisons

    def same(self, answer: httpx.Response, status: int, ask: Callable[[], Json | None]) -> None:
        """Call the model by `ask` and compare its answer with the API's."""
        try:
            expected = ask()
        except Refused as refused:
            assert answer.status_code == refused.status, (refused, answer.text)
            problem = answer.json()
            assert problem["code"] == refused.code
            assert pointers(problem) == refused.faults
            return
        assert answer.status_code == status, answer.text
        if expected is None:
            assert answer.content == b""
            return
        assert answer.headers["etag"] == f'"{expected["version"]}"'
        self.same_entry(answer.json(parse_float=Decimal), expected)

    def same_entry(self, entry: Json, expected: Json) -> None:
        self.same_id(entry["id"], expected["id"])
        times = {"created_at", "modified_at"} | ({"reviewed_at"} if "reviewed_by" in expected else set())
        assert {name: entry[name] for name in entry if name not in times | {"id"}} == {
            name: value for name, value in expected.items() if name != "id"
        }
        assert times <= entry.keys()
        # A version of an entry never changes, times included.
        assert self.versions.setdefault((entry["id"], entry["version"]), entry) == entry

    def same_week(self, answer: httpx.Response, expected: Json) -> None:
        assert answer.status_code == 200, answer.text
        week = answer.json(parse_float=Decimal)
        if "submitted" in week:
            assert week["submitted"].pop("at")
        assert week == self.in_server_ids(expected)

    def in_server_ids(self, week: Json) -> Json:
        """Return a week of the model with the server's ids in its signature."""
        if "submitted" not in week:
            return week
        versions = week["submitted"]["versions"].items()
        by_server_id = {self.server_ids[number]: version for number, version in versions}
        return week | {"submitted": week["submitted"] | {"versions": by_server_id}}

    def same_id(self, server_id: str, number: int) -> None:
        assert self.server_ids.setdefault(number, server_id) == server_id
        assert len(set(self.server_ids.values())) == len(self.server_ids), "an id stands for two entries"

    def same_list(self, caller: Caller, path: str, query: Filters, expected: list[Entry]) -> None:
        # Other tests log entries for the same days, which the manager sees too.
        own = {person.sub for person in self.people.values()}
        listed = [entry for entry in caller.every(path, query) if entry["user_id"] in own]
        by_server_id = {self.server_ids.get(entry.id): entry for entry in expected}
        assert [entry["id"] for entry in listed if entry["id"] not in by_server_id] == []
        found = [by_server_id[entry["id"]] for entry in listed]
        assert sorted(entry.id for entry in found) == sorted(entry.id for entry in expected)
        # Entries with one tick may come in any order.
        assert [(e.date, e.tick) for e in found] == [(e.date, e.tick) for e in expected]
        for entry, wanted in zip(listed, found, strict=True):
            self.same_entry(entry, wanted.body())

    # Final comparison

    def same_histories(self) -> None:
        """Compare each entry's history with the model's: dense versions, authors and states."""
        for number, expected in self.model.histories.items():
            server_id, owner = self.server_ids[number], expected[0]["entry"]["user_id"]
            (caller,) = (caller for caller in self.people.values() if caller.sub == owner)
            answer = caller("GET", f"/timesheets/{server_id}/history")
            assert answer.status_code == 200, answer.text
            history = answer.json(parse_float=Decimal)
            assert [{name: row[name] for name in ("change", "by", "version")} for row in history] == [
                {name: row[name] for name in ("change", "by", "version")} for row in expected
            ]
            for row, wanted in zip(history, expected, strict=True):
                self.same_entry(row["entry"], wanted["entry"])
            self.histories[server_id] = history

    def same_copies(self) -> None:
        """Compare the feed with the histories, and the copy that a reader folds from it with the table."""
        self.reader.until(
            lambda: all(
                len(self.reader.changes.get(server_id, [])) >= len(history)
                for server_id, history in self.histories.items()
            )
        )
        for server_id, history in self.histories.items():
            changes = self.reader.changes[server_id]
            assert [{name: row[name] for name in row if name != "number"} for row in changes] == history
        for caller in self.people.values():
            listed = {entry["id"]: entry for entry in caller.every("/timesheets", {"limit": "100"})}
            assert self.reader.copy(caller.sub) == listed

    def same_exports(self) -> None:
        """Compare exports with the model's. The feed has every change by now, and so the exports do."""
        week, month = self.monday + dt.timedelta(7), self.monday.replace(day=1)
        after = (month + dt.timedelta(31)).replace(day=1)
        for path, first, last in (
            (f"weeks/{week:%G-W%V}", week, week + dt.timedelta(6)),
            (f"months/{month:%Y-%m}", month, after - dt.timedelta(1)),
        ):
            found: dict[tuple[str, str], Json] = {}
            for caller in self.people.values():
                for row in self.reader.payroll.every(f"/exports/{path}", {"user_id": caller.sub}):
                    names = {name: row.pop(name, None) for name in ("user_id", "user_email", "user_name")}
                    found[names["user_id"], row.pop("project")] = row
            assert found == self.model.export(str(first), str(last))

    def same_board(self) -> None:
        """Compare the board of a week with the model's. The directory of people may lag a moment."""
        monday = self.monday + dt.timedelta(7)
        expected = {
            person: self.in_server_ids(row) for person, row in self.weeks.board(self.mia.sub, monday).items()
        }
        names = {caller.sub for caller in self.people.values()}
        deadline = time.monotonic() + WITHIN
        while (found := self.board(monday, names)) != expected and time.monotonic() < deadline:
            time.sleep(0.5)
        assert found == expected

    def board(self, monday: dt.date, people: set[str]) -> dict[str, Json]:
        rows = self.mia.every(f"/approvals/weeks/{monday:%G-W%V}", {"limit": "100"})
        found = {row.pop("user_id"): row for row in rows}
        for row in found.values():
            row.pop("user_email", None)
            row.pop("user_name", None)
            row.get("submitted", {}).pop("at", None)
        return {person: row for person, row in found.items() if person in people}


def pick[Thing](things: list[Thing], n: int) -> Thing:
    return things[-1 - n % len(things)]


def wire(body: Json, *, spelled: bool = False) -> Json:
    """Return a body as JSON; with `spelled`, hours are text and the date is a date-time."""
    body = dict(body)
    if "hours" in body:
        body["hours"] = str(body["hours"]) if spelled else float(body["hours"])
    if spelled and "date" in body:
        body["date"] += "T23:30:00.5-08:00"
    return body


def pointers(problem: Json) -> list[str]:
    return sorted(error["pointer"] for error in problem.get("errors", []))


def plain(result: Json) -> Json:
    """Return a row's result in the model's form, without the id."""
    kept = {name: result[name] for name in ("index", "status")}
    if "problem" in result:
        kept |= {"code": result["problem"]["code"], "faults": pointers(result["problem"])}
    return kept
