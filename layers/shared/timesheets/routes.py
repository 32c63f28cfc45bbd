"""Which scope opens which route: the one table that everything else follows.

The authorizer grants by it, the handlers check by it, and `template.yaml` and `openapi.yaml` are
tested against it.
"""

from typing import NamedTuple


class Route(NamedTuple):
    """One method of one path, and the scope (RFC 6749, section 3.3) that a token needs to call it."""

    method: str
    path: str
    """As API Gateway writes it: path parameters in braces, such as `/timesheets/{id}`."""
    scope: str


LIST_TIMESHEETS = Route("GET", "/timesheets", "read:timesheets")
CREATE_TIMESHEET = Route("POST", "/timesheets", "create:timesheets")

ROUTES = (
    LIST_TIMESHEETS,
    CREATE_TIMESHEET,
)
