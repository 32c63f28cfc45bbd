"""PUT /approvals/{id}: approve an entry of another user, or reject it with a reason."""

from datetime import UTC, datetime

from timesheets.model.entry import Decision, check_reviewer, decided, parse_decision
from timesheets.routes import DECIDE_APPROVAL
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.telemetry import count, logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response

entries = Entries(Table.connect())


@endpoint(DECIDE_APPROVAL)
def lambda_handler(request: Request) -> Response:
    decision = parse_decision(request.json()) if request.body.strip() else Decision(approved=True)
    entry = entries.find(request.path["id"])
    check_reviewer(entry, request.caller.sub)  # first: a 412 must not mask a 403
    request.check_version(entry)
    changed = decided(entry, decision, reviewer=request.caller.sub, now=datetime.now(UTC))
    entries.replace(entry, changed, decision.status)
    if changed is not entry:
        logger.info("entry decided", entry_id=entry.id, status=changed.status, version=changed.version)
        count("EntriesDecided", status=changed.status)
    return entry_response(changed)
