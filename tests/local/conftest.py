"""One deployed stack for all tests of a process, and its callers."""

from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest

from local.sign_in import ALL_SCOPES, access_token
from tests.local.callers import Newcomers
from tests.local.support import Stack, job_token, running_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.settings.api_url, timeout=120) as client:
        yield client


@pytest.fixture(scope="session")
def sign_in(stack: Stack) -> Callable[..., str]:
    """Return a function that signs a seeded user in and returns the access token."""

    def get_token(user: str, scope: str = ALL_SCOPES) -> str:
        settings = stack.settings
        return access_token(settings.issuer, user, audience=settings.audience, scope=scope)

    return get_token


@pytest.fixture(scope="session")
def import_token(stack: Stack) -> str:
    """Return an access token of the import job."""
    return job_token(stack, "import")


@pytest.fixture(scope="session")
def payroll_token(stack: Stack) -> str:
    """Return an access token of the payroll job."""
    return job_token(stack, "payroll")


@pytest.fixture(scope="session")
def newcomers(stack: Stack, http: httpx.Client) -> Newcomers:
    """Return a factory of callers that no other test uses."""
    return Newcomers(stack, http)
