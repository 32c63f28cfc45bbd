"""The API as a state machine: each rule is a request to it and to the reference model."""

import datetime as dt
import itertools
from decimal import Decimal
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.local.callers import Caller, Newcomers
from tests.local.feed import Reader
from tests.local.machine.comparison import FORTNIGHT, Pair, pick, plain, wire
from tests.local.machine.model import Json, Refused
from tests.local.machine.strategies import (
    bodies,
    decisions,
    entries,
    filters,
    good,
    many_decisions,
    many_matches,
    matches,
    nth,
    patches,
    people,
    rows,
)


class Timesheets(RuleBasedStateMachine):
    """Three people and an importing program, new in each example."""

    def __init__(self, newcomers: Newcomers, reader: Reader) -> None:
        super().__init__()
        self.pair = Pair(newcomers, reader)
        self.keyed: list[tuple[str, str, Json]] = []
        self.batches: list[list[Json]] = []
        self.states: dict[tuple[str, int], list[tuple[str, Json]]] = {}
        """The ETags of each week, and the states that they stand for."""

    # Requests of people

    @rule(who=people, body=bodies, spelled=st.booleans())
    def create(self, who: str, body: Json, *, spelled: bool) -> None:
        caller, body = self.pair.people[who], self.pair.real(body)
        answer = caller("POST", json=wire(body, spelled=spelled))
        self.pair.same(answer, 201, lambda: self.pair.model.create(caller.owner, body))

    @rule(who=people, key=st.sampled_from(["k1", "k2"]), body=entries)
    def create_with_key(self, who: str, key: str, body: Json) -> None:
        self.keyed.append((who, key, self.pair.real(body)))
        self.repeat_with_key(0)

    @precondition(lambda self: self.keyed)
    @rule(n=nth)
    def repeat_with_key(self, n: int) -> None:
        who, key, body = pick(self.keyed, n)
        caller = self.pair.people[who]
        answer = caller("POST", json=wire(body), headers={"Idempotency-Key": key})
        self.pair.same(answer, 201, lambda: self.pair.model.create(caller.owner, body, key))

    @precondition(lambda self: self.pair.server_ids)
    @rule(who=people, n=nth)
    def read(self, who: str, n: int) -> None:
        caller, number = self.pair.people[who], self.pair.number(n)
        answer = caller("GET", f"/timesheets/{self.pair.server_ids[number]}")
        self.pair.same(answer, 200, lambda: self.pair.model.read(caller.sub, number))

    @precondition(lambda self: self.pair.server_ids)
    @rule(n=nth, patch=patches, spelled=st.booleans(), match=matches)
    def correct(self, n: int, patch: Json, match: int | None, *, spelled: bool) -> None:
        number, patch = self.pair.number(n), self.pair.real(patch)
        self.correct_as(self.pair.owner(number), number, patch, match, spelled=spelled)

    @precondition(lambda self: self.pair.server_ids)
    @rule(who=people, n=nth)
    def correct_any_entry(self, who: str, n: int) -> None:
        self.correct_as(self.pair.people[who], self.pair.number(n), {"hours": Decimal(2)}, None)

    def correct_as(
        self, caller: Caller, number: int, patch: Json, match: int | None, *, spelled: bool = False
    ) -> None:
        version, headers = self.pair.if_match(number, match)
        path = f"/timesheets/{self.pair.server_ids[number]}"
        answer = caller("PATCH", path, json=wire(patch, spelled=spelled), headers=headers)
        self.pair.same(answer, 200, lambda: self.pair.model.correct(caller.sub, number, patch, version))

    @precondition(lambda self: self.pair.server_ids)
    @rule(who=st.none() | people, n=nth, match=matches)
    def delete(self, who: str | None, n: int, match: int | None) -> None:
        number = self.pair.number(n)
        caller = self.pair.people[who] if who else self.pair.owner(number)
        version, headers = self.pair.if_match(number, match)
        answer = caller("DELETE", f"/timesheets/{self.pair.server_ids[number]}", headers=headers)
        self.pair.same(answer, 204, lambda: self.pair.model.delete(caller.sub, number, version))

    @rule(who=people, query=filters)
    def list_own(self, who: str, query: Json) -> None:
        query.pop("user_id", None)
        caller, wanted = self.pair.people[who], self.pair.period(query)
        self.pair.same_list(caller, "/timesheets", wanted, self.pair.model.list_own(caller.sub, wanted))

    @rule(who=people, later=st.integers(0, 2))
    def week(self, who: str, later: int) -> None:
        caller, monday = self.pair.people[who], self.pair.monday + dt.timedelta(7 * later)
        answer = caller("GET", f"/timesheets/weeks/{monday:%G-W%V}")
        self.pair.same_week(answer, self.pair.weeks.read(caller.sub, monday))
        state = (answer.headers["etag"], self.pair.weeks.state(caller.sub, monday))
        self.states.setdefault((who, later), []).append(state)

    @rule(who=people, later=st.integers(0, 1), n=st.sampled_from([0, 0, 0, 1, 2]))
    def sign(self, who: str, later: int, n: int) -> None:
        """Sign a week in the state of the n-th last time that it was read; read it first if n is 0."""
        if n == 0 or (who, later) not in self.states:
            self.week(who, later)
        etag, state = pick(self.states[who, later], n)
        caller, monday = self.pair.people[who], self.pair.monday + dt.timedelta(7 * later)
        path = f"/timesheets/weeks/{monday:%G-W%V}/submission"
        answer = caller("PUT", path, headers={"If-Match": etag})
        try:
            expected = self.pair.weeks.sign(caller.sub, monday, state)
        except Refused as refused:
            assert (answer.status_code, answer.json()["code"]) == (refused.status, refused.code)
        else:
            self.pair.same_week(answer, expected)

    @rule(who=people, later=st.integers(0, 1))
    def withdraw(self, who: str, later: int) -> None:
        caller, monday = self.pair.people[who], self.pair.monday + dt.timedelta(7 * later)
        answer = caller("DELETE", f"/timesheets/weeks/{monday:%G-W%V}/submission")
        assert (answer.status_code, answer.content) == (204, b"")
        self.pair.weeks.withdraw(caller.sub, monday)

    # Requests of the manager

    @rule(query=filters)
    def list_approvals(self, query: Json) -> None:
        wanted = {"from": str(self.pair.monday), "to": str(self.pair.monday + FORTNIGHT)} | self.pair.period(
            query
        )
        try:
            expected = self.pair.model.list_approvals(self.pair.mia.sub, wanted)
        except Refused as refused:
            assert self.pair.mia("GET", "/approvals", params=wanted).status_code == refused.status
        else:
            self.pair.same_list(self.pair.mia, "/approvals", wanted, expected)

    @precondition(lambda self: self.pair.server_ids)
    @rule(n=nth)
    def read_approval(self, n: int) -> None:
        number = self.pair.number(n)
        answer = self.pair.mia("GET", f"/approvals/{self.pair.server_ids[number]}")
        self.pair.same(answer, 200, lambda: self.pair.model.read_approval(self.pair.mia.sub, number))

    @precondition(lambda self: self.pair.server_ids)
    @rule(n=nth, decision=decisions, match=matches)
    def decide(self, n: int, decision: Json | None, match: int | None) -> None:
        others = [
            entry.id for entry in self.pair.model.entries.values() if entry.user_id != self.pair.mia.sub
        ]
        number = pick(others, n) if n % 5 and others else self.pair.number(n)
        version, headers = self.pair.if_match(number, match)
        body = {} if decision is None else {"json": decision}
        answer = self.pair.mia("PUT", f"/approvals/{self.pair.server_ids[number]}", headers=headers, **body)
        self.pair.same(
            answer, 200, lambda: self.pair.model.decide(self.pair.mia.sub, number, decision, version)
        )

    @precondition(lambda self: self.pair.server_ids)
    @rule(rows=st.lists(st.tuples(nth, many_matches, many_decisions), min_size=1, max_size=6))
    def decide_many(self, rows: list[tuple[int, int, Json]]) -> None:
        wanted = []
        for n, match, decision in rows:
            number = self.pair.number(n)
            version = max(1, (self.pair.if_match(number, match)[0] or 1))
            wanted.append({"id": number, "version": version} | decision)
        answer = self.pair.mia(
            "POST", "/approvals", json=[row | {"id": self.pair.server_ids[row["id"]]} for row in wanted]
        )
        expected = self.pair.model.decide_many(self.pair.mia.sub, wanted)
        assert answer.status_code == 207, answer.text
        results = answer.json(parse_float=Decimal)["results"]
        assert [plain(result) for result in results] == [
            {name: value for name, value in result.items() if name != "entry"} for result in expected
        ]
        for result, one in zip(results, expected, strict=True):
            assert ("entry" in result) == ("entry" in one)
            if "entry" in one:
                self.pair.same_entry(result["entry"], one["entry"])

    @precondition(lambda self: self.pair.server_ids)
    @rule(n=nth, match=matches)
    def reopen(self, n: int, match: int | None) -> None:
        number = self.pair.number(n)
        version, headers = self.pair.if_match(number, match)
        answer = self.pair.mia("DELETE", f"/approvals/{self.pair.server_ids[number]}", headers=headers)
        self.pair.same(answer, 200, lambda: self.pair.model.reopen(self.pair.mia.sub, number, version))

    # Requests of the program

    @rule(row=rows, spelled=st.booleans())
    def upload_one(self, row: Json, *, spelled: bool) -> None:
        row = self.pair.real(row)
        answer = self.pair.program("POST", "/timesheets/upload", json=wire(row, spelled=spelled))
        outcome = "created" if answer.status_code == 201 else "not created"

        def expected() -> Json:
            nonlocal outcome
            became, entry = self.pair.model.upload_one(self.pair.program.client_id, row)
            assert (became == "created") == (outcome == "created"), (became, answer.text)
            return entry

        self.pair.same(answer, 201 if outcome == "created" else 200, expected)

    @rule(batch=st.lists(rows, min_size=1, max_size=5))
    def upload_many(self, batch: list[Json]) -> None:
        self.batches.append([self.pair.real(row) for row in batch])
        self.upload_again(0, {})

    @precondition(lambda self: self.batches)
    @rule(n=nth, changes=st.just({}) | st.fixed_dictionaries({}, optional=good | {"user_id": people}))
    def upload_again(self, n: int, changes: Json) -> None:
        batch = [row | self.pair.real(changes) for row in pick(self.batches, n)]
        answer = self.pair.program("POST", "/timesheets/upload", json=[wire(row) for row in batch])
        expected = self.pair.model.upload_many(self.pair.program.client_id, batch)
        assert answer.status_code == 207, answer.text
        results = answer.json()["results"]
        assert [plain(result) for result in results] == [
            {name: value for name, value in result.items() if name != "id"} for result in expected
        ]
        for result, wanted in zip(results, expected, strict=True):
            if "id" in wanted:
                self.pair.same_id(result["id"], wanted["id"])

    # Final comparison

    def teardown(self) -> None:
        for caller in self.pair.people.values():
            self.pair.same_list(
                caller, "/timesheets", {"limit": "20"}, self.pair.model.list_own(caller.sub, {})
            )
        wanted = {"from": str(self.pair.monday), "to": str(self.pair.monday + FORTNIGHT), "limit": "20"}
        self.pair.same_list(
            self.pair.mia, "/approvals", wanted, self.pair.model.list_approvals(self.pair.mia.sub, wanted)
        )
        self.reopen_all()
        self.pair.same_histories()
        self.pair.same_copies()
        self.pair.same_exports()
        if self.pair.weeks.signed:  # a board reads everyone, the people of all other tests too
            self.pair.same_board()

    def reopen_all(self) -> None:
        """Find every decided entry through lists alone, and reopen it at the listed version."""
        numbers = {server_id: number for number, server_id in self.pair.server_ids.items()}
        for caller, status in itertools.product(self.pair.people.values(), ("approved", "rejected")):
            for entry in self.pair.mia.every(
                "/approvals", {"status": status, "user_id": caller.sub, "limit": "3"}
            ):
                number, version = numbers[entry["id"]], entry["version"]
                headers = {"If-Match": f'"{version}"'}
                answer = self.pair.mia("DELETE", f"/approvals/{entry['id']}", headers=headers)
                self.pair.same(
                    answer, 200, partial(self.pair.model.reopen, self.pair.mia.sub, number, version)
                )
        others = [entry for entry in self.pair.model.entries.values() if entry.user_id != self.pair.mia.sub]
        assert [entry for entry in others if entry.status != "pending"] == []
