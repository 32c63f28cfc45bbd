"""POST /timesheets: log one entry for the caller."""

from datetime import UTC, datetime

from timesheets.access import CREATE_TIMESHEET
from timesheets.api import Request, Response, count, endpoint, logger
from timesheets.entry import new_entry, parse_entry
from timesheets.store import Store, new_id

store = Store.connect()


@endpoint(CREATE_TIMESHEET)
def lambda_handler(request: Request) -> Response:
    entry = new_entry(
        parse_entry(request.json()),
        entry_id=new_id(),
        user_id=request.caller.sub,
        user_email=request.caller.email,
        now=datetime.now(UTC),
    )
    store.add(entry)
    logger.info("entry created", entry_id=entry.id)
    count("EntriesCreated")
    return Response(
        201, entry.to_json(), {"Location": f"timesheets/{entry.id}", "ETag": f'"{entry.version}"'}
    )
