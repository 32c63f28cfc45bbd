"""GET /timesheets/{id}/history: return all changes of one of the caller's entries, deleted ones too."""

from timesheets.routes import GET_HISTORY
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response

changes = Changes(Table.connect())


@endpoint(GET_HISTORY)
def lambda_handler(request: Request) -> Response:
    history = changes.own_history(request.caller.sub, request.path["id"])
    # Numbers count the changes of all users, so they would show an owner the company's volume.
    return Response(200, [change.to_json(numbered=False) for change in history])
