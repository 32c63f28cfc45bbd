"""GET /approvals: list the pending entries of all other users, oldest first."""

from timesheets.model.query import APPROVALS
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
    return serve_list(
        request,
        LIST_APPROVALS,
        APPROVALS,
        entries.pending,
        not_user_id=request.caller.sub,
        ascending=True,
    )
