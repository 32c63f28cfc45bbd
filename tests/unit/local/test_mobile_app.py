"""The local server of the built app."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from local.issuer.seed import Seed
from local.mobile_app import mobile_app
from local.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    for name in ("dist/index.html", "dist/assets/index-a1.js", "secret.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return TestClient(mobile_app(Settings(), tmp_path / "dist"))


@pytest.mark.parametrize("path", ["/", "/callback", "/week/2026-W47/", "/.", "/a.b/c", "/index.html"])
def test_a_path_without_an_extension_is_the_page(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.text) == (200, "dist/index.html")
    assert response.headers["cache-control"] == "no-cache"


def test_an_asset_is_served_with_a_long_lifetime(client: TestClient) -> None:
    response = client.get("/assets/index-a1.js")
    assert response.headers["cache-control"].endswith("immutable")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/assets/b.js", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
def test_other_files_are_not_found_and_have_the_security_headers(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_the_local_issuer_allows_the_app_as_a_client() -> None:
    (app,) = (one for one in Seed().directory.clients if one.id == Settings().app_client_id)
    assert "http://127.0.0.1/callback" in app.callbacks
    assert "http://127.0.0.1/" in app.logout_urls
