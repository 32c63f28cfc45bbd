"""The operations that are measured: what each finds in the table, and the event that asks for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench.measure import PROJECT
from bench.tables import ANA, LAST_DAY, approved, entry
from timesheets.model.dates import DateRange
from timesheets.model.rows import parse_row
from timesheets.store.items import Item, import_item, to_item

CARL: Final = "auth0|carl"
_ROWS: Final = 100


@dataclass(frozen=True)
class Operation:
    """One request, and the items it needs to find."""

    name: str
    module: str
    event: dict[str, Any]
    before: Sequence[Item] = field(default=())


def operations() -> list[Operation]:
    """Return one of each kind."""
    own, other = entry(ANA, "own"), entry(CARL, "other")
    decided = approved(CARL, "other")
    new = {"date": LAST_DAY.isoformat(), "project": "StoreZero", "hours": "7.5"}
    rows = [new | {"user_id": CARL, "external_id": f"row-{n:04}"} for n in range(_ROWS)]
    return [
        Operation("create", "create_timesheet", event("create_timesheet", body=new)),
        Operation(
            "create with a key",
            "create_timesheet",
            event("create_timesheet", body=new, idempotency_key="bench"),
        ),
        Operation("read", "get_timesheet", event("get_timesheet", id=own.id), [to_item(own)]),
        Operation(
            "correct",
            "correct_timesheet",
            event("correct_timesheet", id=own.id, body={"hours": "7.25"}),
            [to_item(own)],
        ),
        Operation(
            "correct, with another date",
            "correct_timesheet",
            event("correct_timesheet", id=own.id, body={"date": "2026-11-19"}),
            [to_item(own)],
        ),
        Operation(
            "decide",
            "decide_approval",
            event("decide_approval", id=other.id, body={"approved": True}),
            [to_item(other)],
        ),
        Operation("reopen", "reopen_approval", event("reopen_approval", id=other.id), [to_item(decided)]),
        Operation("delete", "delete_timesheet", event("delete_timesheet", id=own.id), [to_item(own)]),
        Operation("a page of 50", "list_timesheets", event("list_timesheets", query={"limit": "50"})),
        Operation(
            "a page of approvals (50)", "list_approvals", event("list_approvals", query={"limit": "50"})
        ),
        Operation("a week", "get_week", event("get_week")),
        Operation("an upload of 100 rows, new", "upload_timesheets", event("upload_timesheets", body=rows)),
        Operation(
            "the same again, unchanged",
            "upload_timesheets",
            event("upload_timesheets", body=rows),
            [_marker(row) for row in rows],
        ),
    ]


def event(
    name: str,
    *,
    id: str | None = None,  # noqa: A002 as in the path
    body: object = None,
    query: dict[str, str] | None = None,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Return what API Gateway sends: a fixture of events/, with what the operation says in its place."""
    loaded: dict[str, Any] = json.loads((PROJECT / "events" / f"{name}.json").read_text())
    if id is not None:
        loaded["pathParameters"] = {"id": id}
    if body is not None:
        loaded["body"] = json.dumps(body)
    if query is not None:
        loaded["queryStringParameters"] = query
        loaded["multiValueQueryStringParameters"] = {key: [value] for key, value in query.items()}
    if idempotency_key is not None:
        loaded["multiValueHeaders"]["Idempotency-Key"] = [idempotency_key]
    return loaded


def _marker(row: dict[str, Any]) -> Item:
    """Return what the table knows of a row that was taken."""
    taken = parse_row(row, DateRange.around(LAST_DAY))
    entry_id = entry(taken.user_id, row["external_id"]).id
    return import_item("timesheets-import", row["external_id"], entry_id, taken.digest)
