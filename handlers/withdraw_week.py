"""DELETE /timesheets/weeks/{week}/submission: withdraw the signature of the caller's week."""

from timesheets.model.errors import version_mismatch
from timesheets.model.week import parse_week
from timesheets.routes import WITHDRAW_WEEK
from timesheets.store.dynamodb import Table
from timesheets.store.weeks import Weeks
from timesheets.telemetry import logger
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response

weeks = Weeks(Table.connect())


@endpoint(WITHDRAW_WEEK)
def lambda_handler(request: Request) -> Response:
    tags = request.if_match
    week = weeks.find(request.caller.sub, parse_week(request.path["week"]))
    if week.signature is not None:
        if tags is not None and week.tag not in tags:
            raise version_mismatch("week")
        weeks.withdraw(week.signature)
        logger.info("week signature withdrawn", week=week.signature.week)
    return Response(204)
