"""DELETE /timesheets/{id}: delete one of the caller's entries unless it is approved."""

from datetime import UTC, datetime

from timesheets.model.entry import check_unlocked
from timesheets.routes import DELETE_TIMESHEET
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.telemetry import logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response

entries = Entries(Table.connect())


@endpoint(DELETE_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    entry = entries.find_own(request.caller.sub, request.path["id"])
    request.check_version(entry)
    check_unlocked(entry)
    entries.remove(entry, by=request.caller.sub, now=datetime.now(UTC))
    logger.info("entry deleted", entry_id=entry.id, version=entry.version)
    return Response(204)
