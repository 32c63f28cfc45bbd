"""DELETE /timesheets/{id}: delete an own entry that is not approved."""

from timesheets.access import DELETE_TIMESHEET
from timesheets.api import Request, Response, endpoint, logger
from timesheets.entry import check_unlocked
from timesheets.store import Store

store = Store.connect()


@endpoint(DELETE_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    entry = store.find_own(request.caller.sub, request.path["id"])
    request.check_version(entry)
    check_unlocked(entry)
    store.remove(entry)
    logger.info("entry deleted", entry_id=entry.id, version=entry.version)
    return Response(204)
