"""The accounts of an Auth0 tenant (Management API)."""

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

import httpx2 as httpx

from ops.environment import StepFailed

TIMEOUT = 10  # seconds for a connection, and for each read


def block(user_id: str, environ: Mapping[str, str] = os.environ) -> None:
    """Block an account, so that it gets no more tokens; with BLOCKED=1 it is blocked already.

    AUTH0_DOMAIN is the tenant's own domain, AUTH0_TOKEN a token with `update:users`. Raise StepFailed if the
    account is not blocked.
    """
    if environ.get("BLOCKED") == "1":
        return
    domain, token = environ.get("AUTH0_DOMAIN", ""), environ.get("AUTH0_TOKEN", "")
    if not (re.fullmatch(r"[A-Za-z0-9.-]+", domain) and re.fullmatch(r"[!-~]+", token)):
        raise StepFailed(
            "Set AUTH0_DOMAIN (tenant.eu.auth0.com) and AUTH0_TOKEN in the environment, or BLOCKED=1 if the"
            " account is blocked already or no longer exists"
        )
    try:
        answer = httpx.patch(
            f"https://{domain}/api/v2/users/{quote(user_id, safe='')}",
            json={"blocked": True},
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StepFailed(
            f"{domain} cannot be reached ({type(error).__name__}); nothing was erased"
        ) from error
    if not answer.is_success:
        remedy = {
            401: "Get a new AUTH0_TOKEN; it may have expired.",
            403: "AUTH0_TOKEN needs the scope update:users.",
            404: "There is no such account: correct USER, or set BLOCKED=1 if the account was deleted.",
        }.get(answer.status_code, "Read Auth0's status page, and retry.")
        status = f"{domain} did not block the account (status {answer.status_code}); nothing was erased"
        raise StepFailed(f"{status}. {remedy}")
