"""Who may do what, and until when: what the authorizer grants by and the handlers check by.

The table of routes is the only one: `template.yaml` and `openapi.yaml` are tested against it.
"""

from collections.abc import Mapping
from typing import Final


class Route:
    """One method of one path, and the scope (RFC 6749, section 3.3) that a token needs to call it."""

    # Neither a dataclass nor a named tuple: making one takes a third of a millisecond of each cold start.
    __slots__ = ("method", "path", "scope")

    def __init__(self, method: str, path: str, scope: str) -> None:
        """Write `path` as API Gateway does: parameters in braces, such as `/timesheets/{id}`."""
        self.method = method
        self.path = path
        self.scope = scope

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


LIST_TIMESHEETS: Final = Route("GET", "/timesheets", "read:timesheets")
CREATE_TIMESHEET: Final = Route("POST", "/timesheets", "create:timesheets")
GET_TIMESHEET: Final = Route("GET", "/timesheets/{id}", "read:timesheets")
CORRECT_TIMESHEET: Final = Route("PATCH", "/timesheets/{id}", "create:timesheets")
DELETE_TIMESHEET: Final = Route("DELETE", "/timesheets/{id}", "delete:timesheets")
GET_WEEK: Final = Route("GET", "/timesheets/weeks/{week}", "read:timesheets")
LIST_APPROVALS: Final = Route("GET", "/approvals", "approve:timesheets")
DECIDE_APPROVAL: Final = Route("PUT", "/approvals/{id}", "approve:timesheets")
REOPEN_APPROVAL: Final = Route("DELETE", "/approvals/{id}", "approve:timesheets")
UPLOAD_TIMESHEETS: Final = Route("POST", "/timesheets/upload", "batch:upload")

ROUTES: Final = (
    LIST_TIMESHEETS,
    CREATE_TIMESHEET,
    GET_TIMESHEET,
    CORRECT_TIMESHEET,
    DELETE_TIMESHEET,
    GET_WEEK,
    LIST_APPROVALS,
    DECIDE_APPROVAL,
    REOPEN_APPROVAL,
    UPLOAD_TIMESHEETS,
)

DEFAULT_LEEWAY: Final = 5
MAX_LEEWAY: Final = 60
"""Seconds."""


def clock_leeway(environ: Mapping[str, str]) -> int:
    """Return by how many seconds the issuer's clock and ours may differ: `TOKEN_LEEWAY`, 5 by default.

    Raises
    ------
    ValueError
        Unless it is a whole number from 0 to 60.

    """
    text = environ.get("TOKEN_LEEWAY") or str(DEFAULT_LEEWAY)
    if not (
        text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_LEEWAY)) and int(text) <= MAX_LEEWAY
    ):
        raise ValueError(f"TOKEN_LEEWAY must be a whole number of seconds from 0 to {MAX_LEEWAY}")
    return int(text)
