"""GET /exports/months/{month}: export everyone's hours in a month, by person and project."""

from timesheets.bulk.export import Export
from timesheets.model.export import parse_month
from timesheets.routes import EXPORT_MONTH
from timesheets.store.dynamodb import Table
from timesheets.web.endpoint import endpoint
from timesheets.web.exports import serve_export
from timesheets.web.request import Request
from timesheets.web.response import Response

table = Table.connect()


@endpoint(EXPORT_MONTH)
def lambda_handler(request: Request) -> Response:
    month = request.path["month"]
    export = Export(table, *parse_month(month))
    return serve_export(request, EXPORT_MONTH, month, export.page)
