"""A server with a copy of seed.toml and a clock that the test moves."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from local.issuer.app import issuer_app
from local.issuer.seed import SEED, Seed
from local.issuer.tokens import TokenIssuer
from tests.unit.local.issuer.support import ISSUER, Browser, Clock


@pytest.fixture(scope="session")
def issuer_keys() -> TokenIssuer:
    return TokenIssuer(ISSUER)  # generating two RSA keys is slow


@pytest.fixture
def browser(issuer_keys: TokenIssuer, tmp_path: Path) -> Iterator[Browser]:
    clock = Clock()
    seed = Path(shutil.copy(SEED, tmp_path))
    tokens = TokenIssuer(ISSUER, clock, issuer_keys.keys)
    app = issuer_app(tokens, Seed(seed))
    with TestClient(app, base_url=ISSUER, follow_redirects=False) as http:
        yield Browser(http, clock, seed)
