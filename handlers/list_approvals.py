"""GET /approvals: everyone else's pending entries, oldest date first."""

from timesheets.access import LIST_APPROVALS
from timesheets.api import Request, Response, endpoint
from timesheets.filters import APPROVALS
from timesheets.lists import serve_list
from timesheets.store import Store

store = Store.connect()


@endpoint(LIST_APPROVALS)
def lambda_handler(request: Request) -> Response:
    return serve_list(
        request,
        LIST_APPROVALS,
        APPROVALS,
        store.pending,
        not_user_id=request.caller.sub,
        ascending=True,
    )
