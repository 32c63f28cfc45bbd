"""Lists of entries over HTTP: filters, cursors, the Link header, and JSON or CSV."""

from collections.abc import Callable, Collection, Iterable
from typing import Final
from urllib.parse import urlencode

from timesheets.model.entry import Entry
from timesheets.model.query import ListQuery, parse_filters
from timesheets.routes import Route
from timesheets.settings import settings
from timesheets.web.csv_format import MEDIA_TYPE, excel_dialect, to_csv
from timesheets.web.cursors import Cursors, Page, take_page
from timesheets.web.negotiation import languages, quality
from timesheets.web.request import Request
from timesheets.web.response import Response

ATTACHMENT: Final = 'attachment; filename="timesheets.csv"'
"""RFC 6266: browsers save the file, so that a double click opens it."""


def serve_list(
    request: Request,
    route: Route,
    parameters: Collection[str],
    read: Callable[[ListQuery], Iterable[Entry]],
    **defaults: str | bool,
) -> Response:
    """Return a response with the requested page of a list.

    Parameters
    ----------
    parameters
        The query parameters that this list accepts.
    read
        Yields a query's entries in order; it may yield entries that do not match the filters, too.
    defaults
        Attributes of the `ListQuery` unless a query parameter sets them.

    Raises
    ------
    Problem
        `malformed_request` for a query parameter that is unknown or not valid.

    """
    filters = parse_filters(request.query, parameters)
    cursors = Cursors(settings.cursor_secret, str(route), request.caller.sub, request.query)
    cursor = filters.pop("cursor", None)
    after = None if cursor is None else cursors.read(cursor)
    form = filters.pop("format", None)
    query = ListQuery(**defaults | filters, after=after)
    page = take_page(read(query), query)
    link = _link(request, page, cursors)
    if form == "excel":
        dialect = excel_dialect(languages(request.headers.get("accept-language", "")))
        headers = {"Content-Type": MEDIA_TYPE, "Content-Disposition": ATTACHMENT, "Vary": "Accept-Language"}
        return Response(200, to_csv(page.entries, dialect), headers | link)
    headers = {"Vary": "Accept"} | link
    accept = request.headers.get("accept", "")
    if quality(accept, MEDIA_TYPE) > quality(accept, "application/json"):
        return Response(200, to_csv(page.entries), {"Content-Type": MEDIA_TYPE, **headers})
    return Response(200, [entry.to_json() for entry in page.entries], headers)


def _link(request: Request, page: Page, cursors: Cursors) -> dict[str, str]:
    """Return a link to the next page (RFC 8288), relative to this one (RFC 3986, section 4.2)."""
    if page.last is None:
        return {}
    query = urlencode({**request.query, "cursor": cursors.make(page.last)}, errors="replace")
    return {"Link": f'<?{query}>; rel="next"'}
