"""GET /timesheets: list the caller's entries, newest first."""

from timesheets.model.query import OWN_LIST
from timesheets.routes import LIST_TIMESHEETS
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.web.endpoint import endpoint
from timesheets.web.lists import serve_list
from timesheets.web.request import Request
from timesheets.web.response import Response

entries = Entries(Table.connect())


@endpoint(LIST_TIMESHEETS)
def lambda_handler(request: Request) -> Response:
    return serve_list(
        request, LIST_TIMESHEETS, OWN_LIST, lambda query: entries.entries_of(request.caller.sub, query)
    )
