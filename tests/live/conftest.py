"""Fixtures of the live tests: clients of the deployment that API_URL names."""

import os
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from ops.check_issuer import segment
from tests.live.support import TIMEOUT, Target, describe

target: pytest.StashKey[Target] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "scopes(*scopes): skip unless the token has all of these scopes")
    config.stash[target] = Target.from_environment(os.environ)


@pytest.fixture(scope="session")
def origin(pytestconfig: pytest.Config) -> str:
    """Return the origin of the page that calls the API."""
    return pytestconfig.stash[target].origin


@pytest.fixture(scope="session")
def anonymous(pytestconfig: pytest.Config) -> Iterator[httpx.Client]:
    """Return a client without a token; end the run if no Timesheets API answers."""
    api = pytestconfig.stash[target]
    headers = {"User-Agent": "timesheets-live-tests"} | ({"Origin": api.origin} if api.origin else {})
    with httpx.Client(base_url=api.api_url, headers=headers, timeout=TIMEOUT) as client:
        try:
            answer = client.get("/timesheets")
        except httpx.HTTPError as error:
            pytest.exit(f"{api.api_url} is not reachable ({error}). Check API_URL and the network.", 1)
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            pytest.exit(
                f"{describe(answer)}; expected 401. No token was sent. API_URL must be the stack's output"
                " ApiUrl, its path included; if it is, the API lets strangers in: close it.",
                1,
            )
        yield client


@pytest.fixture(scope="session")
def token(pytestconfig: pytest.Config, anonymous: httpx.Client) -> str:  # noqa: ARG001
    """Return the access token, after the API was seen to refuse strangers; skip if there is none."""
    found = pytestconfig.stash[target].access_token()
    if not found:
        pytest.skip("no token: set TOKEN, or CLIENT_ID, CLIENT_SECRET, ISSUER and AUDIENCE")
    return found


@pytest.fixture(scope="session")
def scopes(token: str) -> frozenset[str]:
    """Return the scopes of the token."""
    return frozenset(str(segment(token, 1).get("scope", "")).split())


@pytest.fixture(scope="session")
def caller(anonymous: httpx.Client, token: str) -> Iterator[httpx.Client]:
    """Return a client that sends the token."""
    headers = anonymous.headers | {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=anonymous.base_url, headers=headers, timeout=TIMEOUT) as client:
        yield client


@pytest.fixture(autouse=True)
def _scopes(request: pytest.FixtureRequest) -> None:
    needed = {scope for mark in request.node.iter_markers("scopes") for scope in mark.args}
    missing = sorted(needed - request.getfixturevalue("scopes")) if needed else []
    if missing:
        pytest.skip(f"the token lacks {' and '.join(missing)}")
