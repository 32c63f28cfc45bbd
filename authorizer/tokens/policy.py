"""The IAM policy that a token's scopes earn."""

from functools import lru_cache
from typing import Any, Final

from timesheets.routes import ROUTES

MAX_SCOPE: Final = 1024
"""Characters of scope passed on whole: API Gateway takes 8 KB of answer."""

_KNOWN_SCOPES: Final = frozenset(route.scope for route in ROUTES)


def policy_for(identity: dict[str, str], method_arn: str) -> dict[str, Any]:
    """Return API Gateway's authorizer answer for a trusted token's identity (see `check_claims`).

    The policy lists every method that the scopes permit, not only the one called: API Gateway caches
    it by token and evaluates it again for each route.
    """
    api, stage, _ = method_arn.split("/", 2)
    scope = identity["scope"]
    allowed = _allowed(f"{api}/{stage}", scope)
    # A policy must hold a statement, and a token without a useful scope is refused (403), not unknown (401).
    # The path that was called stays out: its length and its characters are a stranger's.
    effect, resources = ("Allow", list(allowed)) if allowed else ("Deny", [f"{api}/{stage}/*"])
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}
    return {
        "principalId": identity["sub"],
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": identity if len(scope) <= MAX_SCOPE else identity | {"scope": _known(scope)},
    }


@lru_cache(maxsize=64)
def _allowed(stage_arn: str, scope: str) -> tuple[str, ...]:
    scopes = scope.split(" ")
    return tuple(
        f"{stage_arn}/{route.method}{_any_parameters(route.path)}"
        for route in ROUTES
        if route.scope in scopes
    )


def _any_parameters(path: str) -> str:
    """Write `*` for each path parameter."""
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))


def _known(scope: str) -> str:
    """Keep of a scope what this API knows."""
    return " ".join(sorted(_KNOWN_SCOPES.intersection(scope.split(" "))))
