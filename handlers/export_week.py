"""GET /exports/weeks/{week}: export everyone's hours in an ISO week, by person and project."""

from timesheets.bulk.export import Export
from timesheets.model.week import parse_week
from timesheets.routes import EXPORT_WEEK
from timesheets.store.dynamodb import Table
from timesheets.web.endpoint import endpoint
from timesheets.web.exports import serve_export
from timesheets.web.request import Request
from timesheets.web.response import Response

table = Table.connect()


@endpoint(EXPORT_WEEK)
def lambda_handler(request: Request) -> Response:
    week = parse_week(request.path["week"])
    export = Export(table, week.first, week.last)
    return serve_export(request, EXPORT_WEEK, week.name, export.page)
