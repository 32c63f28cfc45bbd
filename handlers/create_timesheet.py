"""POST /timesheets: create an entry for the caller."""

from datetime import UTC, datetime

from timesheets.model.entry import new_entry, parse_entry
from timesheets.model.ids import fields_digest, id_of_request, new_id
from timesheets.routes import CREATE_TIMESHEET
from timesheets.settings import settings
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.telemetry import count, logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response

entries = Entries(Table.connect())


@endpoint(CREATE_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    caller, key = request.caller, request.idempotency_key
    now = datetime.now(UTC)
    fields = parse_entry(request.json(), settings.entry_dates(now.date()))
    entry, is_new = entries.add(
        new_entry(
            fields,
            id=id_of_request(caller.sub, "create", caller.sub, key) if key else new_id(caller.sub),
            user_id=caller.sub,
            user_email=caller.email,
            user_name=caller.name,
            request_digest=fields_digest(fields) if key else None,
            now=now,
        )
    )
    if is_new:
        logger.info("entry created", entry_id=entry.id)
        count("EntriesCreated")
    return entry_response(entry, 201, Location=f"timesheets/{entry.id}")
