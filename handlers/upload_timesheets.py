"""POST /timesheets/upload: import entries for any users."""

from datetime import UTC, datetime
from typing import Final

from timesheets.bulk.upload import Upload
from timesheets.model.batch import DuplicateMember
from timesheets.model.errors import Problem
from timesheets.model.results import RowResult, RowStatus
from timesheets.model.rows import parse_rows
from timesheets.routes import UPLOAD_TIMESHEETS
from timesheets.settings import settings
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.strict_json import Decoder
from timesheets.telemetry import count, logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, entry_response, multi_status

table = Table.connect()
entries = Entries(table)
decoder = Decoder(decimals=True, on_duplicate=DuplicateMember)  # rejects its row, not the upload

METRICS: Final[dict[RowStatus, str]] = {"created": "EntriesCreated", "updated": "EntriesUpdated"}


@endpoint(UPLOAD_TIMESHEETS)
def lambda_handler(request: Request) -> Response:
    body = request.json(decoder=decoder)
    source = request.caller.client_id or request.caller.sub
    upload = Upload(table, source=source, key=request.idempotency_key)
    results = upload.run(parse_rows(body, settings.entry_dates(datetime.now(UTC).date())))
    statuses = [result.status for result in results if isinstance(result, RowResult)]
    for status, metric in METRICS.items():
        if status in statuses:
            count(metric, statuses.count(status))
    logger.info("upload imported", rows=len(results), imported=len(statuses))
    if isinstance(body, list):
        return multi_status(results, refusal="rejected")
    (result,) = results
    if isinstance(result, Problem):
        raise result
    entry = result.entry or entries.find(result.entry_id)
    return entry_response(entry, 201 if result.status == "created" else 200)
