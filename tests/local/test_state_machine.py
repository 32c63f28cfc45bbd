"""The API answers random sequences of requests like the reference model (see model.py).

`EXAMPLES=2000 .venv/bin/pytest tests/local/test_state_machine.py` tries more sequences than the default.
"""

import datetime as dt
import itertools
import os
import secrets
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.local.callers import EXPORT, MANAGER, Caller, Newcomers
from tests.local.feed import WITHIN, Reader
from tests.local.model import Entry, Filters, Json, Model, Refused
from tests.support import LONG

FORTNIGHT = dt.timedelta(14)
# Approvals list everyone's entries, so each example has days of its own, within the limits of dates.
# The first ones are random, since an earlier run may have used the stack.
FORTNIGHTS = 650
mondays = (
    dt.date(2000, 1, 3) + FORTNIGHT * (n % FORTNIGHTS) for n in itertools.count(secrets.randbelow(FORTNIGHTS))
)

people = st.sampled_from(["ana", "carl", "mia"])
nth = st.integers(0, 40)
"""An index into a list of earlier things, the newest first."""
days = st.integers(0, 13)
PROJECTS = ["Café", "StoreZero", "a, b"]
good: dict[str, st.SearchStrategy[Any]] = {
    "date": days,
    "project": st.sampled_from(PROJECTS),
    "hours": st.sampled_from(["0.25", "1", "7.5", "8", "24"]).map(Decimal),
}
notes = st.sampled_from(["Release", "=1+1", "two\nlines"])
flawed: dict[str, st.SearchStrategy[Any]] = {
    "date": days | st.just("2025-02-30"),
    "project": st.just(" ") | good["project"],
    "hours": st.sampled_from(["0", "24.01", "8"]).map(Decimal),
    "hour": st.just(1),
}
external_ids = st.sampled_from(["x", "y", "z"])
entries = st.fixed_dictionaries(good, optional={"notes": notes})
bodies = st.one_of(*[entries] * 6, st.fixed_dictionaries({}, optional=flawed))
patches = st.one_of(
    *[st.fixed_dictionaries({}, optional=good | {"notes": st.none() | notes})] * 6,
    st.fixed_dictionaries({}, optional=flawed),
)
rows = st.one_of(
    *[
        st.fixed_dictionaries(
            good | {"user_id": people, "external_id": external_ids}, optional={"notes": notes}
        )
    ]
    * 6,
    st.fixed_dictionaries(good | {"user_id": people}),
    st.fixed_dictionaries({"user_id": people}, optional=flawed | {"external_id": external_ids}),
)
rejection, another = ({"approved": False, "reason": reason} for reason in ("Too much", "Another reason"))
approval, blank = {"approved": True}, {"approved": False, "reason": " "}
undecided = st.sampled_from([{}, {"approved": False}, blank])
decisions = st.one_of(
    st.sampled_from([None, approval, rejection]), st.sampled_from([None, another]), undecided
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "from": days,
        "to": days,
        "project": st.sampled_from(PROJECTS),
        "status": st.sampled_from(["pending", "approved", "rejected"]),
        "user_id": people,
        "order": st.sampled_from(["asc", "desc"]),
        "limit": st.sampled_from([1, 3, 5, 100]),
    },
)
matches = st.sampled_from([None, None, None, 0, 0, -1, 1])
"""The If-Match header: none, or its distance from the entry's version."""

many_matches = st.sampled_from([0, 0, 0, -1, 1])
many_decisions = st.sampled_from([approval, approval, rejection, another, {"approved": False}])


class Timesheets(RuleBasedStateMachine):
    """Three people and an importing program, new in each example."""

    def __init__(self, newcomers: Newcomers, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.people = {"ana": newcomers.person("ana"), "carl": newcomers.person("carl")}
        self.mia = self.people["mia"] = newcomers.person("mia", MANAGER)
        self.program = newcomers.program()
        self.monday = next(mondays)
        self.model = Model()
        self.server_ids: dict[int, str] = {}
        self.versions: dict[tuple[str, int], Json] = {}
        self.keyed: list[tuple[str, str, Json]] = []
        self.batches: list[list[Json]] = []
        self.histories: dict[str, list[Json]] = {}
        self.states: dict[tuple[str, int], list[tuple[str, Json]]] = {}
        """The ETags of each week, and the states that they stand for."""

    # Requests of people

    @rule(who=people, body=bodies, spelled=st.booleans())
    def create(self, who: str, body: Json, *, spelled: bool) -> None:
        caller, body = self.people[who], self.real(body)
        answer = caller("POST", json=wire(body, spelled=spelled))
        self.same(answer, 201, lambda: self.model.create(caller.owner, body))

    @rule(who=people, key=st.sampled_from(["k1", "k2"]), body=entries)
    def create_with_key(self, who: str, key: str, body: Json) -> None:
        self.keyed.append((who, key, self.real(body)))
        self.repeat_with_key(0)

    @precondition(lambda self: self.keyed)
    @rule(n=nth)
    def repeat_with_key(self, n: int) -> None:
        who, key, body = pick(self.keyed, n)
        caller = self.people[who]
        answer = caller("POST", json=wire(body), headers={"Idempotency-Key": key})
        self.same(answer, 201, lambda: self.model.create(caller.owner, body, key))

    @precondition(lambda self: self.server_ids)
    @rule(who=people, n=nth)
    def read(self, who: str, n: int) -> None:
        caller, number = self.people[who], self.number(n)
        answer = caller("GET", f"/timesheets/{self.server_ids[number]}")
        self.same(answer, 200, lambda: self.model.read(caller.sub, number))

    @precondition(lambda self: self.server_ids)
    @rule(n=nth, patch=patches, spelled=st.booleans(), match=matches)
    def correct(self, n: int, patch: Json, match: int | None, *, spelled: bool) -> None:
        number, patch = self.number(n), self.real(patch)
        self.correct_as(self.owner(number), number, patch, match, spelled=spelled)

    @precondition(lambda self: self.server_ids)
    @rule(who=people, n=nth)
    def correct_any_entry(self, who: str, n: int) -> None:
        self.correct_as(self.people[who], self.number(n), {"hours": Decimal(2)}, None)

    def correct_as(
        self, caller: Caller, number: int, patch: Json, match: int | None, *, spelled: bool = False
    ) -> None:
        version, headers = self.if_match(number, match)
        path = f"/timesheets/{self.server_ids[number]}"
        answer = caller("PATCH", path, json=wire(patch, spelled=spelled), headers=headers)
        self.same(answer, 200, lambda: self.model.correct(caller.sub, number, patch, version))

    @precondition(lambda self: self.server_ids)
    @rule(who=st.none() | people, n=nth, match=matches)
    def delete(self, who: str | None, n: int, match: int | None) -> None:
        number = self.number(n)
        caller = self.people[who] if who else self.owner(number)
        version, headers = self.if_match(number, match)
        answer = caller("DELETE", f"/timesheets/{self.server_ids[number]}", headers=headers)
        self.same(answer, 204, lambda: self.model.delete(caller.sub, number, version))

    @rule(who=people, query=filters)
    def list_own(self, who: str, query: Json) -> None:
        query.pop("user_id", None)
        caller, wanted = self.people[who], self.period(query)
        self.same_list(caller, "/timesheets", wanted, self.model.list_own(caller.sub, wanted))

    @rule(who=people, later=st.integers(0, 2))
    def week(self, who: str, later: int) -> None:
        caller, monday = self.people[who], self.monday + dt.timedelta(7 * later)
        answer = caller("GET", f"/timesheets/weeks/{monday:%G-W%V}")
        self.same_week(answer, self.model.week(caller.sub, monday))
        state = (answer.headers["etag"], self.model.state(caller.sub, monday))
        self.states.setdefault((who, later), []).append(state)

    @rule(who=people, later=st.integers(0, 1), n=st.sampled_from([0, 0, 0, 1, 2]))
    def sign(self, who: str, later: int, n: int) -> None:
        """Sign a week in the state of the n-th last time that it was read; read it first if n is 0."""
        if n == 0 or (who, later) not in self.states:
            self.week(who, later)
        etag, state = pick(self.states[who, later], n)
        caller, monday = self.people[who], self.monday + dt.timedelta(7 * later)
        path = f"/timesheets/weeks/{monday:%G-W%V}/submission"
        answer = caller("PUT", path, headers={"If-Match": etag})
        try:
            expected = self.model.sign(caller.sub, monday, state)
        except Refused as refused:
            assert (answer.status_code, answer.json()["code"]) == (refused.status, refused.code)
        else:
            self.same_week(answer, expected)

    @rule(who=people, later=st.integers(0, 1))
    def withdraw(self, who: str, later: int) -> None:
        caller, monday = self.people[who], self.monday + dt.timedelta(7 * later)
        answer = caller("DELETE", f"/timesheets/weeks/{monday:%G-W%V}/submission")
        assert (answer.status_code, answer.content) == (204, b"")
        self.model.withdraw(caller.sub, monday)

    # Requests of the manager

    @rule(query=filters)
    def list_approvals(self, query: Json) -> None:
        wanted = {"from": str(self.monday), "to": str(self.monday + FORTNIGHT)} | self.period(query)
        try:
            expected = self.model.list_approvals(self.mia.sub, wanted)
        except Refused as refused:
            assert self.mia("GET", "/approvals", params=wanted).status_code == refused.status
        else:
            self.same_list(self.mia, "/approvals", wanted, expected)

    @precondition(lambda self: self.server_ids)
    @rule(n=nth)
    def read_approval(self, n: int) -> None:
        number = self.number(n)
        answer = self.mia("GET", f"/approvals/{self.server_ids[number]}")
        self.same(answer, 200, lambda: self.model.read_approval(self.mia.sub, number))

    @precondition(lambda self: self.server_ids)
    @rule(n=nth, decision=decisions, match=matches)
    def decide(self, n: int, decision: Json | None, match: int | None) -> None:
        others = [entry.id for entry in self.model.entries.values() if entry.user_id != self.mia.sub]
        number = pick(others, n) if n % 5 and others else self.number(n)
        version, headers = self.if_match(number, match)
        body = {} if decision is None else {"json": decision}
        answer = self.mia("PUT", f"/approvals/{self.server_ids[number]}", headers=headers, **body)
        self.same(answer, 200, lambda: self.model.decide(self.mia.sub, number, decision, version))

    @precondition(lambda self: self.server_ids)
    @rule(rows=st.lists(st.tuples(nth, many_matches, many_decisions), min_size=1, max_size=6))
    def decide_many(self, rows: list[tuple[int, int, Json]]) -> None:
        wanted = []
        for n, match, decision in rows:
            number = self.number(n)
            version = max(1, (self.if_match(number, match)[0] or 1))
            wanted.append({"id": number, "version": version} | decision)
        answer = self.mia(
            "POST", "/approvals", json=[row | {"id": self.server_ids[row["id"]]} for row in wanted]
        )
        expected = self.model.decide_many(self.mia.sub, wanted)
        assert answer.status_code == 207, answer.text
        results = answer.json(parse_float=Decimal)["results"]
        assert [plain(result) for result in results] == [
            {name: value for name, value in result.items() if name != "entry"} for result in expected
        ]
        for result, one in zip(results, expected, strict=True):
            assert ("entry" in result) == ("entry" in one)
            if "entry" in one:
                self.same_entry(result["entry"], one["entry"])

    @precondition(lambda self: self.server_ids)
    @rule(n=nth, match=matches)
    def reopen(self, n: int, match: int | None) -> None:
        number = self.number(n)
        version, headers = self.if_match(number, match)
        answer = self.mia("DELETE", f"/approvals/{self.server_ids[number]}", headers=headers)
        self.same(answer, 200, lambda: self.model.reopen(self.mia.sub, number, version))

    # Requests of the program

    @rule(row=rows, spelled=st.booleans())
    def upload_one(self, row: Json, *, spelled: bool) -> None:
        row = self.real(row)
        answer = self.program("POST", "/timesheets/upload", json=wire(row, spelled=spelled))
        outcome = "created" if answer.status_code == 201 else "not created"

        def expected() -> Json:
            nonlocal outcome
            became, entry = self.model.upload_one(self.program.client_id, row)
            assert (became == "created") == (outcome == "created"), (became, answer.text)
            return entry

        self.same(answer, 201 if outcome == "created" else 200, expected)

    @rule(batch=st.lists(rows, min_size=1, max_size=5))
    def upload_many(self, batch: list[Json]) -> None:
        self.batches.append([self.real(row) for row in batch])
        self.upload_again(0, {})

    @precondition(lambda self: self.batches)
    @rule(n=nth, changes=st.just({}) | st.fixed_dictionaries({}, optional=good | {"user_id": people}))
    def upload_again(self, n: int, changes: Json) -> None:
        batch = [row | self.real(changes) for row in pick(self.batches, n)]
        answer = self.program("POST", "/timesheets/upload", json=[wire(row) for row in batch])
        expected = self.model.upload_many(self.program.client_id, batch)
        assert answer.status_code == 207, answer.text
        results = answer.json()["results"]
        assert [plain(result) for result in results] == [
            {name: value for name, value in result.items() if name != "id"} for result in expected
        ]
        for result, wanted in zip(results, expected, strict=True):
            if "id" in wanted:
                self.same_id(result["id"], wanted["id"])

    # Final comparison

    def teardown(self) -> None:
        for caller in self.people.values():
            self.same_list(caller, "/timesheets", {"limit": "20"}, self.model.list_own(caller.sub, {}))
        wanted = {"from": str(self.monday), "to": str(self.monday + FORTNIGHT), "limit": "20"}
        self.same_list(self.mia, "/approvals", wanted, self.model.list_approvals(self.mia.sub, wanted))
        self.reopen_all()
        self.same_histories()
        self.same_copies()
        self.same_board()

    def reopen_all(self) -> None:
        """Find every decided entry through lists alone, and reopen it at the listed version."""
        numbers = {server_id: number for number, server_id in self.server_ids.items()}
        for caller, status in itertools.product(self.people.values(), ("approved", "rejected")):
            for entry in self.mia.every(
                "/approvals", {"status": status, "user_id": caller.sub, "limit": "3"}
            ):
                number, version = numbers[entry["id"]], entry["version"]
                headers = {"If-Match": f'"{version}"'}
                answer = self.mia("DELETE", f"/approvals/{entry['id']}", headers=headers)
                self.same(answer, 200, partial(self.model.reopen, self.mia.sub, number, version))
        others = [entry for entry in self.model.entries.values() if entry.user_id != self.mia.sub]
        assert [entry for entry in others if entry.status != "pending"] == []

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

    def same_board(self) -> None:
        """Compare the board of a week with the model's. The directory of people may lag a moment."""
        monday = self.monday + dt.timedelta(7)
        expected = {
            person: self.in_server_ids(row) for person, row in self.model.board(self.mia.sub, monday).items()
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


@pytest.fixture(scope="module")
def reader(newcomers: Newcomers) -> Reader:
    return Reader(newcomers.program("payroll", EXPORT))


def test_random_requests_are_answered_like_the_model(newcomers: Newcomers, reader: Reader) -> None:
    class Example(Timesheets):
        def __init__(self) -> None:
            super().__init__(newcomers, reader)

    run_state_machine_as_test(
        Example,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", "8" if LONG else "2")),
            stateful_step_count=50,
            deadline=None,  # a cold start is slow
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],  # each step is an HTTP request
        ),
    )


def a_key_repeats_its_first_answer_after_changes(api: Timesheets) -> None:
    api.create_with_key("ana", "k1", LOGGED)
    api.correct(0, {"hours": Decimal(3)}, None, spelled=False)
    api.repeat_with_key(0)
    api.decide(0, None, None)
    api.repeat_with_key(0)
    api.reopen(0, None)
    api.delete("ana", 0, None)
    api.repeat_with_key(0)
    api.create_with_key("ana", "k1", LOGGED | {"hours": Decimal(2)})


def a_row_is_compared_with_the_row_sent_before(api: Timesheets) -> None:
    api.upload_one(ROW, spelled=False)
    api.correct(0, {"hours": Decimal(3), "notes": "Mine"}, None, spelled=False)
    api.upload_one(ROW, spelled=True)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.upload_one(ROW, spelled=False)
    api.correct(0, {"hours": Decimal(2)}, None, spelled=False)
    api.upload_one(ROW | {"hours": Decimal(2)}, spelled=False)


def a_row_changes_a_rejected_entry_and_leaves_an_approved_one(api: Timesheets) -> None:
    api.upload_one(ROW, spelled=False)
    api.decide(0, rejection, None)
    api.upload_one(ROW, spelled=False)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.decide(0, approval, None)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.upload_many([ROW, ROW | {"external_id": "y"}, ROW | {"user_id": "carl"}, ROW | {"hours": Decimal(4)}])


def a_deleted_entry_frees_its_external_id(api: Timesheets) -> None:
    api.upload_one(ROW, spelled=False)
    api.delete("ana", 0, None)
    api.read("ana", 0)
    api.upload_one(ROW, spelled=False)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)


def a_changed_row_moves_its_entry_to_another_owner(api: Timesheets) -> None:
    api.upload_one(ROW | {"notes": "Release"}, spelled=False)
    api.upload_one(ROW | {"user_id": "carl", "hours": Decimal(4)}, spelled=False)
    api.read("carl", 0)
    api.read("ana", 5)
    api.decide(0, rejection, None)
    api.upload_one(ROW, spelled=False)
    api.list_own("ana", {})
    api.list_own("carl", {})
    api.upload_many([ROW | {"user_id": "carl"}, ROW | {"hours": Decimal(1)}, ROW])


def a_decision_stands_until_it_is_reopened(api: Timesheets) -> None:
    api.create("ana", LOGGED, spelled=True)
    for decision in (rejection, another, approval, None, blank, {}):
        api.decide(0, decision, None)
    api.reopen(0, None)
    api.reopen(0, None)
    for decision in (None, approval, rejection):
        api.decide(0, decision, None)
    api.correct(0, {}, None, spelled=False)
    api.delete("ana", 0, None)


def many_decisions_apply_to_their_versions_only(api: Timesheets) -> None:
    for who in ("ana", "carl", "mia", "ana"):
        api.create(who, LOGGED, spelled=False)
    api.decide_many([(0, 0, approval), (1, 0, approval), (2, 0, rejection), (3, -1, approval)])
    api.decide_many([(0, -1, approval), (2, -1, rejection), (0, 0, rejection), (0, -1, rejection)])
    api.decide_many([(3, 0, approval), (3, 0, approval), (3, 0, rejection), (3, 1, rejection)])
    api.reopen(0, None)
    api.decide_many([(0, -1, approval), (0, -1, approval), (0, 0, {"approved": False})])
    api.correct(0, {"hours": Decimal(2)}, None, spelled=False)
    api.decide_many([(0, -1, approval), (0, 0, approval), (0, 1, approval)])
    api.delete("carl", 2, None)
    api.decide_many([(2, 0, approval), (1, 0, approval)])


def a_signature_follows_the_content(api: Timesheets) -> None:
    api.sign("ana", 0, 0)
    api.create("ana", LOGGED, spelled=False)
    api.upload_one(ROW, spelled=False)
    for n in (1, 0, 0, 1):
        api.sign("ana", 0, n)
    for decision in (approval, None):
        api.decide(0, decision, None)
        api.week("ana", 0)
    api.reopen(0, None)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.week("ana", 0)
    api.upload_one(ROW, spelled=False)
    for n in (2, 0, 1):
        api.sign("ana", 0, n)
    api.withdraw("ana", 0)
    api.withdraw("ana", 0)
    api.sign("ana", 0, 1)
    api.sign("ana", 0, 0)
    api.upload_one(ROW | {"user_id": "carl"}, spelled=False)
    api.upload_one(ROW, spelled=False)
    api.week("ana", 0)


def an_empty_correction_resubmits_a_rejected_entry(api: Timesheets) -> None:
    api.create("ana", LOGGED, spelled=False)
    api.correct(0, {}, None, spelled=False)
    api.correct(0, {"hours": LOGGED["hours"]}, None, spelled=True)
    api.decide(0, rejection, None)
    api.correct(0, {}, None, spelled=False)
    api.list_approvals({})


def an_own_entry_is_never_decided_at_any_version(api: Timesheets) -> None:
    api.create("mia", LOGGED, spelled=False)
    for match in (None, 0, -1, 1):
        api.decide(0, approval, match)
        api.reopen(0, match)


LOGGED = {"date": 4, "project": "StoreZero", "hours": Decimal("7.5")}
ROW = LOGGED | {"user_id": "ana", "external_id": "x"}


@pytest.mark.parametrize(
    "story",
    [
        a_key_repeats_its_first_answer_after_changes,
        a_row_is_compared_with_the_row_sent_before,
        a_row_changes_a_rejected_entry_and_leaves_an_approved_one,
        a_deleted_entry_frees_its_external_id,
        a_changed_row_moves_its_entry_to_another_owner,
        a_decision_stands_until_it_is_reopened,
        many_decisions_apply_to_their_versions_only,
        a_signature_follows_the_content,
        an_empty_correction_resubmits_a_rejected_entry,
        an_own_entry_is_never_decided_at_any_version,
    ],
)
def test_a_rare_sequence_is_answered_like_the_model(
    story: Callable[[Timesheets], None], newcomers: Newcomers, reader: Reader
) -> None:
    """These sequences are unlikely at random."""
    api = Timesheets(newcomers, reader)
    story(api)
    api.teardown()
