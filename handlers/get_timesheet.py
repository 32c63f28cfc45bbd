"""GET /timesheets/{id}: return one of the caller's entries."""

from timesheets.routes import GET_TIMESHEET
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response

entries = Entries(Table.connect())


@endpoint(GET_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    return entry_response(entries.find_own(request.caller.sub, request.path["id"]))
