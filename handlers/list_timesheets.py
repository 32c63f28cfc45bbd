"""GET /timesheets: the caller's own entries, newest date first."""

from timesheets.access import LIST_TIMESHEETS
from timesheets.api import Request, Response, endpoint
from timesheets.filters import OWN_LIST
from timesheets.lists import serve_list
from timesheets.store import Store

store = Store.connect()


@endpoint(LIST_TIMESHEETS)
def lambda_handler(request: Request) -> Response:
    return serve_list(
        request, LIST_TIMESHEETS, OWN_LIST, lambda query: store.entries_of(request.caller.sub, query)
    )
