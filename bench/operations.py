"""The operations that the benchmark of the handlers measures, each as steps with their events."""

import json
from typing import Any, Final

from bench.entries import ANA, DAY
from bench.measure import PROJECT
from bench.people import PAGE
from timesheets.model.ids import id_of_request

CARL: Final = "auth0|carl"

type Step = tuple[str, dict[str, Any]]
"""A handler and changes to its event."""

NEW: Final = {"date": DAY.isoformat(), "project": "StoreZero", "hours": "7.5"}
OWN: Final[Step] = ("create_timesheet", {"body": NEW, "key": "bench"})
OTHER: Final[Step] = ("create_timesheet", {"body": NEW, "key": "bench", "sub": CARL})
APPROVE: Final[Step] = ("decide_approval", {"body": {"approved": True}})
UPLOAD: Final[Step] = (
    "upload_timesheets",
    {"body": [NEW | {"user_id": CARL, "external_id": f"row-{number:04}"} for number in range(100)]},
)
KEYED_UPLOAD: Final[Step] = ("upload_timesheets", {"body": [NEW | {"user_id": CARL}] * 100, "key": "bench"})
DECISIONS: Final[Step] = (
    "decide_approvals",
    {
        "body": [
            {
                "id": id_of_request(CARL, "upload", "timesheets-import", "bench", str(index)),
                "version": 1,
                "approved": True,
            }
            for index in range(100)
        ]
    },
)
ALL: Final = {"query": {"limit": [str(PAGE)]}}
# The last step is measured; the others prepare the table.
OPERATIONS: Final[dict[str, list[Step]]] = {
    "create": [("create_timesheet", {"body": NEW})],
    "create with a key": [OWN],
    "read": [OWN, ("get_timesheet", {})],
    "read another user's": [OTHER, ("get_approval", {})],
    "correct": [OWN, ("correct_timesheet", {"body": {"hours": "7.25"}})],
    "correct, with another date": [OWN, ("correct_timesheet", {"body": {"date": "2026-11-19"}})],
    "decide": [OTHER, APPROVE],
    "reopen": [OTHER, APPROVE, ("reopen_approval", {})],
    "delete": [OWN, ("delete_timesheet", {})],
    "a page of 50": [("list_timesheets", {"query": {"limit": ["50"]}})],
    "a page of approvals (50)": [("list_approvals", {"query": {"limit": ["50"]}})],
    "a page of decided entries (50)": [
        ("list_approvals", {"query": {"limit": ["50"], "status": ["approved"], "user_id": [ANA]}})
    ],
    "a page of 50 approved own entries": [
        ("list_timesheets", {"query": {"limit": ["50"], "status": ["approved"]}})
    ],
    "a week": [("get_week", {})],
    "sign a week": [("submit_week", {"sub": CARL})],
    "withdraw the signature": [("submit_week", {"sub": CARL}), ("withdraw_week", {"sub": CARL})],
    "the board, 100 people": [("get_board", ALL)],
    "the board of a week before their first entry": [("get_board", ALL | {"week": "2026-W40"})],
    "an export of a week, 100 people": [("export_week", ALL)],
    "an export of a month, 100 people": [("export_month", ALL)],
    "an upload of 100 rows, new": [UPLOAD],
    "the same again, unchanged": [UPLOAD, UPLOAD],
    "100 decisions": [KEYED_UPLOAD, DECISIONS],
    "the same decisions again, unchanged": [KEYED_UPLOAD, DECISIONS, DECISIONS],
}


def make_event(  # noqa: PLR0913 each is a part of the event
    name: str,
    entry_id: str,
    *,
    body: object = None,
    query: dict[str, list[str]] | None = None,
    key: str = "",
    sub: str = ANA,
    week: str = "",
) -> dict[str, Any]:
    """Return the fixture of events/ for a handler, with these values in it."""
    event: dict[str, Any] = json.loads((PROJECT / "events" / f"{name}.json").read_text())
    if sub == CARL:
        event["requestContext"]["authorizer"]["sub"] = sub
    if entry_id and "id" in (event["pathParameters"] or {}):
        event["pathParameters"] = {"id": entry_id}
    if week:
        event["pathParameters"] = {"week": week}
    if body is not None:
        event["body"] = json.dumps(body)
    if query is not None:
        event["multiValueQueryStringParameters"] = query
    if key:
        event["multiValueHeaders"]["Idempotency-Key"] = [key]
    return event
