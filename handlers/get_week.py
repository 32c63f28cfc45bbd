"""GET /timesheets/weeks/{week}: return the caller's hours in an ISO week, and its signature."""

from timesheets.model.week import parse_week
from timesheets.routes import GET_WEEK
from timesheets.store.dynamodb import Table
from timesheets.store.weeks import Weeks
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, etag

weeks = Weeks(Table.connect())


@endpoint(GET_WEEK)
def lambda_handler(request: Request) -> Response:
    week = weeks.find(request.caller.sub, parse_week(request.path["week"]))
    return Response(200, week.to_json(), {"ETag": etag(week.tag)})
