"""The API's routes and the scopes that open them.

This is the only table of routes: the authorizer grants by it and the handlers check by it;
`template.yaml` and `openapi.yaml` are tested against it.
"""

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
GET_HISTORY: Final = Route("GET", "/timesheets/{id}/history", "read:timesheets")
GET_WEEK: Final = Route("GET", "/timesheets/weeks/{week}", "read:timesheets")
SUBMIT_WEEK: Final = Route("PUT", "/timesheets/weeks/{week}/submission", "create:timesheets")
WITHDRAW_WEEK: Final = Route("DELETE", "/timesheets/weeks/{week}/submission", "create:timesheets")
LIST_APPROVALS: Final = Route("GET", "/approvals", "approve:timesheets")
DECIDE_APPROVALS: Final = Route("POST", "/approvals", "approve:timesheets")
GET_APPROVAL: Final = Route("GET", "/approvals/{id}", "approve:timesheets")
DECIDE_APPROVAL: Final = Route("PUT", "/approvals/{id}", "approve:timesheets")
REOPEN_APPROVAL: Final = Route("DELETE", "/approvals/{id}", "approve:timesheets")
GET_APPROVAL_HISTORY: Final = Route("GET", "/approvals/{id}/history", "approve:timesheets")
GET_BOARD: Final = Route("GET", "/approvals/weeks/{week}", "approve:timesheets")
LIST_CHANGES: Final = Route("GET", "/changes", "export:timesheets")
EXPORT_WEEK: Final = Route("GET", "/exports/weeks/{week}", "export:timesheets")
EXPORT_MONTH: Final = Route("GET", "/exports/months/{month}", "export:timesheets")
UPLOAD_TIMESHEETS: Final = Route("POST", "/timesheets/upload", "batch:upload")

ROUTES: Final = (
    LIST_TIMESHEETS,
    CREATE_TIMESHEET,
    GET_TIMESHEET,
    CORRECT_TIMESHEET,
    DELETE_TIMESHEET,
    GET_HISTORY,
    GET_WEEK,
    SUBMIT_WEEK,
    WITHDRAW_WEEK,
    LIST_APPROVALS,
    DECIDE_APPROVALS,
    GET_APPROVAL,
    DECIDE_APPROVAL,
    REOPEN_APPROVAL,
    GET_APPROVAL_HISTORY,
    GET_BOARD,
    LIST_CHANGES,
    EXPORT_WEEK,
    EXPORT_MONTH,
    UPLOAD_TIMESHEETS,
)
