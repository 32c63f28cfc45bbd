"""GET /approvals/{id}: return an entry of another user, in any state."""

from timesheets.model.errors import NotFound
from timesheets.routes import GET_APPROVAL
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response

entries = Entries(Table.connect())


@endpoint(GET_APPROVAL)
def lambda_handler(request: Request) -> Response:
    entry = entries.find(request.path["id"])
    if entry.user_id == request.caller.sub:
        raise NotFound
    return entry_response(entry)
