"""A signature is current exactly while the week's content is as signed, whatever happens in between."""

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import LONG

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]
type Step = tuple[str, Any, Any]
"""A method of `Person`, the index of an entry or external id, and the new values."""

# Few values, so that random changes are often undone.
fields = st.fixed_dictionaries(
    {
        "date": st.sampled_from(["2026-11-16", "2026-11-22", "2026-11-23"]),  # the last is in the next week
        "hours": st.sampled_from([1, 7.5]),
        "project": st.sampled_from(["StoreZero", "Other"]),
        "notes": st.sampled_from([None, "Release"]),
    }
)
nth = st.integers(0, 3)
steps = st.one_of(
    *[st.tuples(st.just("sign"), st.none(), st.none())] * 3,
    *[st.tuples(st.just("correct"), nth, fields)] * 2,
    *[st.tuples(st.just("upload"), nth, fields)] * 2,
    st.tuples(st.just("undo"), nth, st.none()),
    st.tuples(st.just("create"), st.none(), fields),
    st.tuples(st.just("decide"), nth, st.booleans()),
    st.tuples(st.sampled_from(["reopen", "delete", "withdraw"]), nth, st.none()),
)
names = itertools.count()


class Person:
    """A person with a week, and the content that they last signed."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.sub = f"auth0|person-{next(names)}"
        self.signed: dict[str, Any] | None = None
        self.versions: dict[str, int] = {}
        self.entries: list[dict[str, Any]] = []
        self.states: dict[str, Any] = {}

    def create(self, _: None, values: dict[str, Any]) -> None:
        self.call("create_timesheet", sub=self.sub, body=values)

    def correct(self, n: int, values: dict[str, Any]) -> None:
        entry_id, headers = self.nth(n)["id"], {"If-Match": "*"}
        self.call("correct_timesheet", entry_id, sub=self.sub, headers=headers, body=values)

    def undo(self, n: int, _: None) -> None:
        """Correct an entry to its content as signed."""
        content = (self.signed or {}).get(self.nth(n)["id"])
        if content:
            self.correct(n, dict(zip(("date", "project", "hours", "notes"), content, strict=True)))

    def decide(self, n: int, approved: bool) -> None:  # noqa: FBT001
        body = {"approved": True} if approved else {"approved": False, "reason": "No"}
        self.call("decide_approval", self.nth(n)["id"], body=body)

    def reopen(self, n: int, _: None) -> None:
        self.call("reopen_approval", self.nth(n)["id"])

    def delete(self, n: int, _: None) -> None:
        self.call("delete_timesheet", self.nth(n)["id"], sub=self.sub)

    def upload(self, n: int, values: dict[str, Any]) -> None:
        row = values | {"user_id": self.sub, "external_id": f"{self.sub} {n}"}
        assert self.call("upload_timesheets", body=[row]).status == 207

    def sign(self, _: None, __: None) -> None:
        headers = {"If-Match": self.week().headers["ETag"]}
        assert self.call("submit_week", sub=self.sub, headers=headers).status == 200
        if self.signed != self.content():
            self.signed = self.content()
            self.versions = {entry["id"]: entry["version"] for entry in self.in_week()}

    def withdraw(self, _: int, __: None) -> None:
        assert self.call("withdraw_week", sub=self.sub).status == 204
        self.signed = None

    def nth(self, n: int) -> dict[str, Any]:
        return self.entries[n % len(self.entries)] if self.entries else {"id": "none"}

    def week(self) -> "Answer":
        return self.call("get_week", sub=self.sub)

    def in_week(self) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["date"] <= "2026-11-22"]

    def content(self) -> dict[str, Any]:
        return {e["id"]: (e["date"], e["project"], e["hours"], e.get("notes")) for e in self.in_week()}

    def check(self) -> None:
        self.entries = self.call("list_timesheets", sub=self.sub).json
        week = self.week()
        submitted = week.json.get("submitted")
        assert (submitted is not None) == (self.signed is not None)
        if submitted is not None:
            assert submitted["current"] == (self.content() == self.signed)
            assert submitted["versions"] == self.versions
        state = ({e["id"]: e["version"] for e in self.in_week()}, (submitted or {}).get("at"))
        assert self.states.setdefault(week.headers["ETag"], state) == state, "an ETag names two states"


@pytest.mark.usefixtures("table")
@settings(
    max_examples=25 if LONG else 6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example has a person of its own
)
@given(several=st.lists(steps, min_size=4, max_size=16))
def test_a_signature_is_current_exactly_while_the_content_is_as_signed(
    call: Call, several: list[Step]
) -> None:
    person = Person(call)
    for name, target, values in several:
        getattr(person, name)(target, values)
        person.check()
