"""GET /approvals/weeks/{week}: list other people's weeks, signed or not, or missing."""

from timesheets.bulk.board import Board
from timesheets.model.board import COLUMNS, BoardRow
from timesheets.model.query import BOARD, DEFAULT_LIMIT, parse_filters
from timesheets.model.week import parse_week
from timesheets.routes import GET_BOARD
from timesheets.settings import settings
from timesheets.store.dynamodb import Table
from timesheets.web.cursors import Cursors
from timesheets.web.endpoint import endpoint
from timesheets.web.lists import Sheet, link_to, sheet_response
from timesheets.web.request import Request
from timesheets.web.response import Response

table = Table.connect()


@endpoint(GET_BOARD)
def lambda_handler(request: Request) -> Response:
    week = parse_week(request.path["week"])
    filters = parse_filters(request.query, BOARD)
    caller = request.caller.sub
    cursors = Cursors(settings.cursor_secret, f"{GET_BOARD} {week.name}", caller, request.query)
    rows, last = Board(table, week).page(
        after=cursors.read(filters.get("cursor")),
        limit=filters.get("limit", DEFAULT_LIMIT),
        only=filters.get("only"),
        not_user_id=caller,
    )
    listed = [row.to_json() for row in rows]
    sheet = Sheet(listed, COLUMNS, f"board-{week.name}", lambda: map(BoardRow.to_cells, rows))
    return sheet_response(request, sheet, filters.get("format"), link_to(request, last, cursors))
