"""GET /timesheets/weeks/{week}: the caller's hours in an ISO week."""

from timesheets.access import GET_WEEK
from timesheets.api import Request, Response, endpoint
from timesheets.filters import ListQuery
from timesheets.store import Store
from timesheets.week import parse_week, summary

store = Store.connect()


@endpoint(GET_WEEK)
def lambda_handler(request: Request) -> Response:
    week = parse_week(request.path["week"])
    query = ListQuery(first=week.first, last=week.last, limit=None)
    return Response(200, summary(week, store.entries_of(request.caller.sub, query)))
