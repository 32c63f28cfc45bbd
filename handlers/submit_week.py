"""PUT /timesheets/weeks/{week}/submission: sign the caller's week in the state that `If-Match` names."""

from dataclasses import replace
from datetime import UTC, datetime

from timesheets.model.errors import precondition_required
from timesheets.model.week import parse_week
from timesheets.routes import SUBMIT_WEEK
from timesheets.store.dynamodb import Table
from timesheets.store.weeks import Weeks
from timesheets.telemetry import logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response, etag

weeks = Weeks(Table.connect())


@endpoint(SUBMIT_WEEK)
def lambda_handler(request: Request) -> Response:
    caller, tags = request.caller, request.if_match
    if tags is None:
        raise precondition_required()  # `*` names no state
    week = weeks.find(caller.sub, parse_week(request.path["week"]))
    signature = week.sign(
        tags, user_id=caller.sub, user_email=caller.email, user_name=caller.name, now=datetime.now(UTC)
    )
    present = weeks.sign(week.signature, signature)
    if present is not week.signature:
        logger.info("week signed", week=present.week)
    signed = replace(week, signature=present)
    return Response(200, signed.to_json(), {"ETag": etag(signed.tag)})
