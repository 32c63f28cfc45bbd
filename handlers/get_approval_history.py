"""GET /approvals/{id}/history: return all changes of an entry of another user, deleted ones too."""

from timesheets.routes import GET_APPROVAL_HISTORY
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response

changes = Changes(Table.connect())


@endpoint(GET_APPROVAL_HISTORY)
def lambda_handler(request: Request) -> Response:
    history = changes.others_history(request.caller.sub, request.path["id"])
    return Response(200, [change.to_json(numbered=True) for change in history])
