"""GET /changes: list the changes of all entries after a number, in order and without a gap."""

from urllib.parse import urlencode

from timesheets.model.errors import log_reset
from timesheets.model.query import CHANGES, MAX_LIMIT, parse_filters
from timesheets.routes import LIST_CHANGES
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.web.endpoint import endpoint
from timesheets.web.request import Request
from timesheets.web.response import Response

changes = Changes(Table.connect())


@endpoint(LIST_CHANGES)
def lambda_handler(request: Request) -> Response:
    query = {"after": 0, "limit": MAX_LIMIT} | parse_filters(request.query, CHANGES)
    feed = changes.read(**query)
    if query["after"] > feed.head:
        raise log_reset(feed.head)
    last = query["after"] + len(feed.changes)
    body = {
        "log": feed.log,
        "changes": [change.to_json(numbered=True) for change in feed.changes],
        "next": last,
    }
    # A relative reference to the next page (RFC 8288; RFC 3986, section 4.2).
    link = f'<?{urlencode(query | {"after": last})}>; rel="next"'
    return Response(200, body, {"Link": link} if last < feed.head else {})
