"""POST /timesheets/upload: import entries for the users named in them."""

from datetime import UTC, datetime

from timesheets.bulk.upload import Upload, to_json
from timesheets.model.errors import Problem
from timesheets.model.rows import DuplicateMember, parse_rows
from timesheets.routes import UPLOAD_TIMESHEETS
from timesheets.settings import settings
from timesheets.store.entries import Store
from timesheets.strict_json import Decoder
from timesheets.telemetry import count, internal_error, logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response

store = Store.connect()
decoder = Decoder(decimals=True, on_duplicate=DuplicateMember)  # rejects its row, not the upload


@endpoint(UPLOAD_TIMESHEETS)
def lambda_handler(request: Request) -> Response:
    now = datetime.now(UTC)
    body = request.json(decoder=decoder)
    source = request.caller.client_id or request.caller.sub
    upload = Upload(
        store,
        source=source,
        key=request.idempotency_key,
        now=now,
        unexpected=internal_error,
    )
    results = upload.take(parse_rows(body, settings.entry_dates(now.date())))
    statuses = [result.status for result in results if not isinstance(result, Problem)]
    for status in {"created", "updated"}.intersection(statuses):
        count(f"Entries{status.capitalize()}", statuses.count(status))
    logger.info("upload taken", rows=len(results), taken=len(statuses))
    if isinstance(body, list):
        return Response(207, {"results": [to_json(index, result) for index, result in enumerate(results)]})
    (result,) = results
    if isinstance(result, Problem):
        raise result
    entry = result.entry or store.find(result.entry_id)
    return entry_response(entry, 201 if result.status == "created" else 200)
