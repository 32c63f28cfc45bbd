"""Schemathesis' false findings, each with its reason."""

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.hooks import HookContext

# Details of refusals that no schema can express.
MEANINGS = (
    "must be a date from",  # the limits are the deployment's
    "must be a date that exists",
    "must not be blank",  # characters that are removed
    "must not contain",  # patterns cannot name every character
    "Query parameter 'project' must not",
    "Query parameter 'user_id' must not",
    "Query parameter 'cursor' was not issued for this list",
    "Query parameter 'from' must not be after 'to'",
    "Query parameter 'status' needs 'user_id'",
    "The week must be an ISO week",  # such as week 53 of a year with 52
    "The entry has changed since you read it",  # If-Match
    "The month must be a year and a month",  # of year 0
    "The week has changed since you read it",
    "This Idempotency-Key was used for another request",
    "The log of changes was reset",  # a position beyond the last number
    "If-Match must be an ETag",  # Schemathesis sends 0, although the pattern excludes it
)


@schemathesis.hook
def filter_failure(_context: HookContext, failure: Failure, _case: object, response: Response) -> bool:
    """Return whether a failed check counts."""
    problem = response.json() if "json" in response.headers.get("content-type", [""])[0] else {}
    match type(failure).__name__:
        case "RejectedPositiveData":
            details = [error["detail"] for error in problem.get("errors", [])] or [problem.get("detail", "")]
            return not all(detail.startswith(MEANINGS) for detail in details)
        case "UseAfterFree":
            # DELETE /approvals/{id} takes a decision back; the entry stays.
            return "/approvals/" not in str(response.request.url)
        case "UnsupportedMethodResponse":
            # API Gateway has no 405: a missing method is an unknown route.
            return (response.status_code, problem.get("code")) != (404, "not_found")
    return True
