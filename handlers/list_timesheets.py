"""GET /timesheets: the caller's own entries, newest date first."""

from itertools import islice

from timesheets.access import LIST_TIMESHEETS
from timesheets.api import Request, Response, endpoint
from timesheets.filters import parse_list_query
from timesheets.store import Store

store = Store.connect()


@endpoint(LIST_TIMESHEETS)
def lambda_handler(request: Request) -> Response:
    query = parse_list_query(request.query)
    entries = store.entries_of(
        request.caller.sub, first=query.first, last=query.last, ascending=query.ascending
    )
    return Response(200, [e.to_json() for e in islice(filter(query.matches, entries), query.limit)])
