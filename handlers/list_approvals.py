"""GET /approvals: list other users' pending entries, or one user's decided entries, oldest first."""

from collections.abc import Iterable
from datetime import date

from timesheets.model.entry import Entry
from timesheets.model.errors import Problem
from timesheets.model.query import APPROVALS, ListQuery
from timesheets.routes import LIST_APPROVALS
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.web.endpoint import endpoint
from timesheets.web.lists import serve_list
from timesheets.web.request import Request
from timesheets.web.response import Response

entries = Entries(Table.connect())


@endpoint(LIST_APPROVALS)
def lambda_handler(request: Request) -> Response:
    caller = request.caller.sub

    def read(query: ListQuery) -> Iterable[Entry]:
        if query.user_id == caller:
            return ()
        if query.user_id is None and query.status != "pending":
            raise Problem(
                "malformed_request",
                "Query parameter 'status' needs 'user_id' unless it is pending; add the user_id of one owner",
            )
        # Everyone's pending entries may be fewer than all of one person's, but not than those since a day.
        if query.user_id is None or (query.status == "pending" and query.first == date.min):
            return entries.pending(query)
        return entries.entries_of(query.user_id, query)

    return serve_list(
        request, LIST_APPROVALS, APPROVALS, read, status="pending", not_user_id=caller, ascending=True
    )
