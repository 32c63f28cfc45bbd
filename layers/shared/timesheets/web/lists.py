"""Lists over HTTP: filters, cursors, the Link header, and JSON or CSV."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from timesheets.model.entry import MEMBERS, Entry
from timesheets.model.query import ListQuery, parse_filters
from timesheets.routes import Route
from timesheets.settings import settings
from timesheets.web.csv_format import MEDIA_TYPE, STANDARD, Dialect, excel_dialect, to_csv
from timesheets.web.cursors import Cursors, take_page
from timesheets.web.negotiation import languages, quality
from timesheets.web.request import Request
from timesheets.web.response import Response


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
    after = cursors.read(filters.pop("cursor", None))
    form = filters.pop("format", None)
    query = ListQuery(**defaults | filters, after=after)
    page = take_page(read(query), query)
    rows = [entry.to_json() for entry in page.entries]
    sheet = Sheet(rows, MEMBERS, "timesheets")
    return sheet_response(request, sheet, form, link_to(request, page.last, cursors))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows, the columns of their CSV, and the name of its file."""

    rows: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    name: str
    cells: Callable[[], Iterable[Mapping[str, Any]]] | None = None
    """Returns the rows of the CSV, if they differ."""

    def to_csv(self, dialect: Dialect = STANDARD) -> str:
        """Return the CSV."""
        return to_csv(self.cells() if self.cells else self.rows, self.columns, dialect)


def sheet_response(request: Request, sheet: Sheet, form: str | None, headers: Mapping[str, str]) -> Response:
    """Return a response with rows as JSON, or as CSV if `Accept` prefers it or the form is `excel`."""
    if form == "excel":
        dialect = excel_dialect(languages(request.headers.get("accept-language", "")))
        # RFC 6266: browsers save the file, so that a double click opens it.
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Disposition": f'attachment; filename="{sheet.name}.csv"',
            "Vary": "Accept-Language",
            **headers,
        }
        return Response(200, sheet.to_csv(dialect), headers)
    headers = {"Vary": "Accept", **headers}
    accept = request.headers.get("accept", "")
    if quality(accept, MEDIA_TYPE) > quality(accept, "application/json"):
        return Response(200, sheet.to_csv(), {"Content-Type": MEDIA_TYPE, **headers})
    return Response(200, sheet.rows, headers)


def link_to(request: Request, position: str | None, cursors: Cursors) -> dict[str, str]:
    """Return a link to the page after a position (RFC 8288), relative to this one (RFC 3986, section 4.2)."""
    if position is None:
        return {}
    query = urlencode({**request.query, "cursor": cursors.make(position)}, errors="replace")
    return {"Link": f'<?{query}>; rel="next"'}
