"""Exports over HTTP: pages of people, the number of the feed, and JSON or CSV."""

from collections.abc import Callable, Mapping
from typing import Any

from timesheets.model.export import COLUMNS, ExportPage
from timesheets.model.query import DEFAULT_LIMIT, EXPORT, parse_filters
from timesheets.routes import Route
from timesheets.settings import settings
from timesheets.web.cursors import Cursors
from timesheets.web.lists import Sheet, link_to, sheet_response
from timesheets.web.request import Request
from timesheets.web.response import Response


def serve_export(request: Request, route: Route, period: str, read: Callable[..., ExportPage]) -> Response:
    """Return a response with a page of the export of a period such as `2026-W47`.

    Raises
    ------
    Problem
        `malformed_request` for a query parameter that is unknown or not valid.

    """
    filters: Mapping[str, Any] = parse_filters(request.query, EXPORT)
    cursors = Cursors(settings.cursor_secret, f"{route} {period}", request.caller.sub, request.query)
    page = read(
        after=cursors.read(filters.get("cursor")),
        limit=filters.get("limit", DEFAULT_LIMIT),
        user_id=filters.get("user_id"),
    )
    sheet = Sheet(page.rows, COLUMNS, f"timesheets-{period}")
    headers = {"Timesheets-Number": str(page.number), **link_to(request, page.last, cursors)}
    return sheet_response(request, sheet, filters.get("format"), headers)
