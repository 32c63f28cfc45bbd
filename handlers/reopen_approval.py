"""DELETE /approvals/{id}: undo a decision; the entry becomes pending."""

from datetime import UTC, datetime

from timesheets.model.entry import check_reviewer, reopened
from timesheets.routes import REOPEN_APPROVAL
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.telemetry import count, logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response

entries = Entries(Table.connect())


@endpoint(REOPEN_APPROVAL)
def lambda_handler(request: Request) -> Response:
    entry = entries.find(request.path["id"])
    check_reviewer(entry, request.caller.sub)  # first: a 412 must not mask a 403
    request.check_version(entry)
    changed = reopened(entry, reviewer=request.caller.sub, now=datetime.now(UTC))
    entries.replace(entry, changed, "reopened")
    if changed is not entry:
        logger.info("entry reopened", entry_id=entry.id, version=changed.version)
        count("EntriesReopened")
    return entry_response(changed)
