"""POST /approvals: decide on many entries of other users, each at the version that its row names."""

from collections import Counter

from timesheets.bulk.decisions import Decisions
from timesheets.model.batch import DuplicateMember
from timesheets.model.decisions import parse_decisions
from timesheets.model.results import DecisionResult
from timesheets.routes import DECIDE_APPROVALS
from timesheets.store.dynamodb import Table
from timesheets.strict_json import Decoder
from timesheets.telemetry import count, logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, multi_status

table = Table.connect()
decoder = Decoder(decimals=True, on_duplicate=DuplicateMember)  # refuses its row, not the request


@endpoint(DECIDE_APPROVALS)
def lambda_handler(request: Request) -> Response:
    rows = parse_decisions(request.json(decoder=decoder))
    results = Decisions(table, reviewer=request.caller.sub).run(rows)
    statuses = Counter(
        result.entry.status
        for result in results
        if isinstance(result, DecisionResult) and result.status == "decided"
    )
    for status, entries in statuses.items():
        count("EntriesDecided", entries, status=status)
    logger.info("entries decided", rows=len(results), decided=statuses.total())
    return multi_status(results, refusal="refused")
