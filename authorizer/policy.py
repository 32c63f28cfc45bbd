"""The IAM policy that a token's scopes earn."""

import re
from collections.abc import Mapping
from typing import Any

from timesheets.routes import ROUTES

_PATH_PARAMETER = re.compile(r"\{[^}]+\}")


def policy_for(claims: Mapping[str, Any], method_arn: str, *, claims_namespace: str) -> dict[str, Any]:
    """Return API Gateway's authorizer answer for a token's checked claims.

    The policy lists every method that the scopes permit, not only the one called: API Gateway caches
    it by token and evaluates it again for each route.
    """
    scopes = str(claims.get("scope", "")).split()
    api_stage = "/".join(method_arn.split("/")[:2])
    allowed = [
        f"{api_stage}/{route.method}{_PATH_PARAMETER.sub('*', route.path)}"
        for route in ROUTES
        if route.scope in scopes
    ]
    # A policy must hold a statement; a token without a useful scope is refused (403), not unknown (401).
    statement = _statement("Allow", allowed) if allowed else _statement("Deny", [method_arn])
    return {
        "principalId": claims["sub"],
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": _context(claims, " ".join(scopes), claims_namespace),
    }


def _statement(effect: str, resources: list[str]) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}


def _context(claims: Mapping[str, Any], scope: str, claims_namespace: str) -> dict[str, str]:
    """Return what handlers learn of the caller: API Gateway passes flat strings only."""
    context = {
        "sub": claims["sub"],
        "scope": scope,
        "exp": str(claims["exp"]),
        "client_id": str(claims.get("azp", "")),
    }
    email = claims.get(f"{claims_namespace}/email")
    return context | {"email": email} if isinstance(email, str) else context
