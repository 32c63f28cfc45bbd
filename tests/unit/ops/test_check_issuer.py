"""`make check-issuer`: each fault of a server or of a token is printed with its remedy."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest

from ops import check_issuer
from tests.support import Issuer
from tokens import jwks

PERSONAL = {"https://api.exampleco.com/email": "ana@exampleco.com", "https://api.exampleco.com/name": "Ana"}
CLIENT = {"CLIENT_ID": "timesheets-import", "CLIENT_SECRET": "s3cret-of-the-import"}

type Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(issuer: Issuer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Return a function that runs the command on a server with this metadata."""

    def run(metadata: dict[str, Any] | None = None, reply: Any = None, **environ: str) -> tuple[int, str]:
        described = {
            "issuer": issuer.name,
            "jwks_uri": f"{issuer.name}.well-known/jwks.json",
            "authorization_endpoint": f"{issuer.name}authorize",
            "token_endpoint": f"{issuer.name}oauth/token",
            "code_challenge_methods_supported": ["S256"],
        } | (metadata or {})
        monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(200, json=described))
        monkeypatch.setattr(httpx, "post", lambda *_, **__: httpx.Response(200, json=reply))
        monkeypatch.setattr(jwks, "_fetch", lambda _: json.dumps({"keys": [issuer.jwk("ours")]}).encode())
        code = check_issuer.main([issuer.name, issuer.audience], environ)
        printed = capsys.readouterr().out
        assert not any(environ.get(secret, "absent") in printed for secret in ("TOKEN", "CLIENT_SECRET"))
        return code, printed

    return run


def test_a_good_server_and_token_have_no_fault(check: Check, issuer: Issuer) -> None:
    code, printed = check(TOKEN=issuer.token(**PERSONAL))
    assert (code, "auth0|ana by timesheets-mobile: GET /timesheets" in printed) == (0, True)
    assert "warning" not in printed


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"issuer": "https://other.example/"}, "names itself"),
        ({"jwks_uri": "http://exampleco.example/keys"}, "jwks_uri is"),
        ({"token_endpoint": "https://user@exampleco.example/"}, "token_endpoint is"),
        ({"authorization_endpoint": "https://exampleco.example/\x1b[2J"}, r"\u001b"),
        ({"code_challenge_methods_supported": None}, "PKCE with S256"),
    ],
)
def test_faults_of_the_metadata(check: Check, metadata: dict[str, Any], message: str) -> None:
    code, printed = check(metadata, **CLIENT)
    assert (code, message in printed) == (1, True), printed
    assert "client credentials" not in printed  # a server with faults is sent no secret


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"iss": "https://other.example/"}, "wrong_issuer"),
        ({"aud": "urn:other"}, 'wrong_audience); its aud is "urn:other"'),
        ({"exp": int(time.time()) - 99}, "expired"),
        ({"scope": ""}, "opens no route"),
        ({"exp": int(time.time()) + 99_999}, "valid for over a day"),
    ],
)
def test_faults_of_a_token(check: Check, issuer: Issuer, claims: dict[str, Any], message: str) -> None:
    code, printed = check(TOKEN=issuer.token(**claims))
    assert message in printed
    assert code == ("fault:" in printed)


@pytest.mark.parametrize("claim", PERSONAL)
def test_a_missing_claim_about_a_person_is_a_warning(check: Check, issuer: Issuer, claim: str) -> None:
    code, printed = check(TOKEN=issuer.token(**PERSONAL | {claim: None}))
    assert (code, f"no valid {claim}, so entries lack it" in printed) == (0, True)


def test_a_job_needs_no_claim_about_a_person(check: Check, issuer: Issuer) -> None:
    assert "warning" not in check(TOKEN=issuer.token(sub="timesheets-import@clients"))[1]


def test_an_opaque_token_is_explained(check: Check) -> None:
    assert "must send audience" in check(TOKEN="opaque")[1]


def test_refused_client_credentials_are_shown_without_the_secret(check: Check) -> None:
    code, printed = check(reply={"error": f"access_denied for {CLIENT['CLIENT_SECRET']}"}, **CLIENT)
    assert (code, "access_denied for (hidden)" in printed) == (1, True)


@pytest.mark.parametrize("environ", [{"TOKEN": ""}, {"CLIENT_ID": "timesheets-import"}])
def test_incomplete_credentials_are_a_usage_error(environ: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        check_issuer.main(["tenant.eu.auth0.com", "urn:api"], environ)
