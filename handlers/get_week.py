"""GET /timesheets/weeks/{week}: return the caller's hours in an ISO week."""

from timesheets.model.query import ListQuery
from timesheets.model.week import parse_week, summary
from timesheets.routes import GET_WEEK
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response

entries = Entries(Table.connect())


@endpoint(GET_WEEK)
def lambda_handler(request: Request) -> Response:
    week = parse_week(request.path["week"])
    query = ListQuery(first=week.first, last=week.last, limit=None)
    return Response(200, summary(week, entries.entries_of(request.caller.sub, query)))
