"""GET /timesheets/{id}: one of the caller's own entries."""

from timesheets.access import GET_TIMESHEET
from timesheets.api import Request, Response, endpoint, entry_response
from timesheets.store import Store

store = Store.connect()


@endpoint(GET_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    return entry_response(store.find_own(request.caller.sub, request.path["id"]))
