"""Lists of entries over HTTP: filters, cursors, the Link header, and JSON or CSV."""

import re
from collections.abc import Callable, Collection, Iterable
from urllib.parse import urlencode

from timesheets.model.entry import Entry
from timesheets.model.query import ListQuery, parse_filters
from timesheets.routes import Route
from timesheets.settings import settings
from timesheets.web.csv_format import MEDIA_TYPE, to_csv
from timesheets.web.cursors import Cursors, Page, take_page
from timesheets.web.request import Request
from timesheets.web.response import Response

# The weight of a media range (RFC 9110, section 12.4.2).
_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")


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
    query = ListQuery(**defaults | filters, after=after)
    page = take_page(read(query), query)
    headers = {"Vary": "Accept"} | _link(request, page, cursors)
    if _prefers_csv(request.headers.get("accept", "")):
        return Response(200, to_csv(page.entries), {"Content-Type": MEDIA_TYPE, **headers})
    return Response(200, [entry.to_json() for entry in page.entries], headers)


def _link(request: Request, page: Page, cursors: Cursors) -> dict[str, str]:
    """Return a link to the next page (RFC 8288), relative to this one (RFC 3986, section 4.2)."""
    if page.last is None:
        return {}
    query = urlencode({**request.query, "cursor": cursors.make(page.last)}, errors="replace")
    return {"Link": f'<?{query}>; rel="next"'}


def _prefers_csv(accept: str) -> bool:
    """Return whether `Accept` prefers CSV to JSON (RFC 9110, section 12.5.1)."""
    weights: dict[str, float] = {}
    for media_range in accept.lower().split(","):
        name, *parameters = (part.strip() for part in media_range.split(";"))
        given = [value for part in parameters for key, _, value in [part.partition("=")] if key == "q"]
        weights[name] = float(given[0]) if given and _WEIGHT.fullmatch(given[0]) else 1
    return weights.get("text/csv", 0) > weights.get("application/json", 0)
