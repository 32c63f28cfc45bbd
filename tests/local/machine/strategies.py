"""The parts of requests, as Hypothesis makes them: days and people by index and name."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

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
