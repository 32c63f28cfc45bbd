"""PATCH /timesheets/{id}: correct one of the caller's entries; a rejected entry becomes pending."""

from datetime import UTC, datetime

from timesheets.model.entry import corrected, parse_changes
from timesheets.routes import CORRECT_TIMESHEET
from timesheets.settings import settings
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.telemetry import logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import MERGE_PATCH, Request
from timesheets.web.response import Response, entry_response

entries = Entries(Table.connect())


@endpoint(CORRECT_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    now = datetime.now(UTC)
    changes = parse_changes(request.json(MERGE_PATCH), settings.entry_dates(now.date()))
    entry = entries.find_own(request.caller.sub, request.path["id"])
    request.check_version(entry)
    changed = corrected(entry, changes, by=request.caller.sub, now=now)
    entries.replace(entry, changed, "corrected")
    logger.info("entry corrected", entry_id=entry.id, version=changed.version)
    return entry_response(changed)
