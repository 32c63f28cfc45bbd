"""The IAM policy that a token's scopes grant."""

from functools import lru_cache
from typing import Any, Final

from timesheets.routes import ROUTES

MAX_SCOPE: Final = 1024
"""Characters of scope that are passed on unchanged: API Gateway accepts an answer of 8 KB."""

_API_SCOPES: Final = frozenset(route.scope for route in ROUTES)


def policy_for(identity: dict[str, str], method_arn: str) -> dict[str, Any]:
    """Return API Gateway's authorizer answer for a caller's identity (see `check_claims`).

    The policy lists every method that the scopes permit, not only the requested one: API Gateway
    caches it by token and evaluates it again for each route.
    """
    api, stage, _ = method_arn.split("/", 2)
    scope = identity["scope"]
    allowed = _allowed(f"{api}/{stage}", scope)
    # A policy needs a statement. A valid token without a matching scope gets 403, not 401. The Deny
    # omits the requested path, because a caller chooses its length and its characters.
    effect, resources = ("Allow", list(allowed)) if allowed else ("Deny", [f"{api}/{stage}/*"])
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}
    return {
        "principalId": identity["sub"],
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": identity if len(scope) <= MAX_SCOPE else identity | {"scope": _api_scopes(scope)},
    }


@lru_cache(maxsize=64)
def _allowed(stage_arn: str, scope: str) -> tuple[str, ...]:
    scopes = scope.split(" ")
    return tuple(
        f"{stage_arn}/{route.method}{pattern}"
        for route in ROUTES
        if route.scope in scopes
        for pattern in _path_patterns(route.path)
    )


def _path_patterns(path: str) -> tuple[str, ...]:
    """Return patterns for a path with and without a trailing slash, with `*` for each parameter.

    With the slash the gateway answers 404; without its pattern it would answer 403. A final `*` matches
    both.
    """
    pattern = "/".join("*" if part.startswith("{") else part for part in path.split("/"))
    return (pattern,) if pattern.endswith("*") else (pattern, f"{pattern}/")


def _api_scopes(scope: str) -> str:
    """Reduce a scope to the values that this API uses."""
    return " ".join(sorted(_API_SCOPES.intersection(scope.split(" "))))
