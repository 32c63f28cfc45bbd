"""The HTTP side of the two lists: filters, cursors and the Link header, JSON or CSV."""

import os
import re
from collections.abc import Callable, Collection, Iterable
from urllib.parse import urlencode

from timesheets.model.entry import Entry
from timesheets.model.query import ListQuery, parse_filters
from timesheets.routes import Route
from timesheets.web.csv_format import MEDIA_TYPE, to_csv
from timesheets.web.cursors import Cursors, Page, take_page
from timesheets.web.endpoint import Request, Response

# The weight of a media range (RFC 9110, section 12.4.2).
_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")


def serve_list(
    request: Request,
    route: Route,
    known: Collection[str],
    read: Callable[[ListQuery], Iterable[Entry]],
    **fixed: str | bool,
) -> Response:
    """Answer with the page that a request asks for.

    Parameters
    ----------
    known
        The query parameters of this list.
    read
        Yields the entries of a query in order, the matching ones among others.
    fixed
        Members of the `ListQuery` that hold unless a parameter says otherwise.

    """
    filters = parse_filters(request.query, known)
    cursors = Cursors(os.environ["CURSOR_SECRET"], str(route), request.caller.sub, request.query)
    cursor = filters.pop("cursor", None)
    after = None if cursor is None else cursors.read(cursor)
    query = ListQuery(**fixed | filters, after=after)
    page = take_page(read(query), query)
    headers = {"Vary": "Accept"} | _link(request, page, cursors)
    if _prefers_csv(request.headers.get("accept", "")):
        return Response(200, to_csv(page.entries), {"Content-Type": MEDIA_TYPE, **headers})
    return Response(200, [entry.to_json() for entry in page.entries], headers)


def _link(request: Request, page: Page, cursors: Cursors) -> dict[str, str]:
    """Point to the next page (RFC 8288), relative to this one (RFC 3986, section 4.2)."""
    if page.last is None:
        return {}
    query = urlencode({**request.query, "cursor": cursors.make(page.last)}, errors="replace")
    return {"Link": f'<?{query}>; rel="next"'}


def _prefers_csv(accept: str) -> bool:
    """Tell whether CSV is asked for, and more than JSON (RFC 9110, section 12.5.1)."""
    weights: dict[str, float] = {}
    for media_range in accept.lower().split(","):
        name, *parameters = (part.strip() for part in media_range.split(";"))
        given = [value for part in parameters for key, _, value in [part.partition("=")] if key == "q"]
        weights[name] = float(given[0]) if given and _WEIGHT.fullmatch(given[0]) else 1
    return weights.get("text/csv", 0) > weights.get("application/json", 0)
