"""GET /approvals: list other users' pending entries, or one user's decided entries, oldest first."""

from collections.abc import Iterable

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
        if query.status in {None, "pending"}:
            return entries.pending(query)
        if query.user_id is None:
            raise Problem(
                "malformed_request",
                "Query parameter 'status' needs 'user_id' unless it is pending; add the user_id of one owner",
            )
        return entries.entries_of(query.user_id, query)

    return serve_list(request, LIST_APPROVALS, APPROVALS, read, not_user_id=caller, ascending=True)
