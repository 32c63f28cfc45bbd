"""DELETE /approvals/{id}: take a decision back; the entry is pending again."""

from datetime import UTC, datetime

from timesheets.access import REOPEN_APPROVAL
from timesheets.api import Request, Response, count, endpoint, entry_response, logger
from timesheets.entry import check_reviewer, reopened
from timesheets.store import Store

store = Store.connect()


@endpoint(REOPEN_APPROVAL)
def lambda_handler(request: Request) -> Response:
    entry = store.find(request.path["id"])
    check_reviewer(entry, request.caller.sub)  # before the version, which hides no refusal
    request.check_version(entry)
    changed = reopened(entry, reviewer=request.caller.sub, now=datetime.now(UTC))
    store.replace(entry, changed)
    if changed is not entry:
        logger.info("entry reopened", entry_id=entry.id, version=changed.version)
        count("EntriesReopened")
    return entry_response(changed)
