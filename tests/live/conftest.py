"""Clients of the deployment that API_URL names, without and with a token."""

import os
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from ops.check_issuer import segment
from tests.live.support import TIMEOUT, access_token, describe, usage_fault


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "scopes(*scopes): skip unless the token has all of these scopes")
    if fault := usage_fault(os.environ):
        raise pytest.UsageError(fault)


@pytest.fixture(scope="session")
def anonymous() -> Iterator[httpx.Client]:
    """Return a client without a token; end the run if no Timesheets API answers."""
    origin = {"Origin": os.environ["ORIGIN"]} if os.environ.get("ORIGIN") else {}
    headers = {"User-Agent": "timesheets-live-tests", **origin}
    with httpx.Client(base_url=os.environ["API_URL"], headers=headers, timeout=TIMEOUT) as client:
        try:
            answer = client.get("/timesheets")
        except httpx.HTTPError as error:
            pytest.exit(f"{client.base_url} is not reachable ({error}). Check API_URL and the network.", 1)
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            remedy = "API_URL must be the output ApiUrl, path included; if it is, the API lets strangers in."
            pytest.exit(f"{describe(answer)}; expected 401. No token was sent. {remedy}", 1)
        yield client


@pytest.fixture(scope="session")
def caller(anonymous: httpx.Client) -> Iterator[httpx.Client]:
    """Return a client with the token, which is sent only where strangers are refused; skip without one."""
    token = access_token(os.environ)
    if not token:
        pytest.skip("no token: set TOKEN, or CLIENT_ID, CLIENT_SECRET, ISSUER and AUDIENCE")
    headers = anonymous.headers | {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=anonymous.base_url, headers=headers, timeout=TIMEOUT) as client:
        yield client


@pytest.fixture
def scopes(caller: httpx.Client) -> set[str]:
    """Return the scopes of the token."""
    claims = segment(caller.headers["authorization"].removeprefix("Bearer "), 1)
    return set(str(claims.get("scope", "")).split())


@pytest.fixture(autouse=True)
def _scopes(request: pytest.FixtureRequest) -> None:
    needed = {scope for mark in request.node.iter_markers("scopes") for scope in mark.args}
    missing = sorted(needed - request.getfixturevalue("scopes")) if needed else []
    if missing:
        pytest.skip(f"the token lacks {' and '.join(missing)}")
