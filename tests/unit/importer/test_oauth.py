"""Sign-in at servers that accept, refuse, are busy or answer nonsense."""

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2 as httpx
import pytest

from timesheets_import import retry
from timesheets_import.errors import SignInError, UsageError
from timesheets_import.oauth import Credentials, Tokens, secure_url
from timesheets_import.retry import FIRST_CONTACT, Retry

ISSUER = "https://tenant.example/"
METADATA = {"issuer": ISSUER, "token_endpoint": "https://tenant.example/oauth/token"}
TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 300}

type Server = Callable[..., Tokens]


@pytest.fixture
def requests() -> list[httpx.Request]:
    return []


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, requests: list[httpx.Request]) -> Server:
    """Return a function that makes the tokens of a server with this metadata and these token responses."""

    def tokens(*answers: Any, metadata: Any = METADATA, **known: str) -> Tokens:
        left = iter(answers)

        def answer(_: object, request: httpx.Request) -> httpx.Response:
            requests.append(request)
            if request.method == "GET":
                if isinstance(metadata, dict) and "oauth-authorization-server" not in request.url.path:
                    return httpx.Response(200, json=metadata, request=request)
                return metadata(request) if callable(metadata) else httpx.Response(200, json=metadata)
            given = next(left)
            if isinstance(given, Exception):
                raise given
            return given if isinstance(given, httpx.Response) else httpx.Response(200, json=given)

        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
        monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)
        credentials = Credentials(**{"issuer": ISSUER, "client_id": "c", "secret": "s3cret"} | known)
        return Tokens(credentials, Retry(2, lambda *_: None))

    return tokens


def greet(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="hi", request=request)


def refuse(request: httpx.Request) -> httpx.Response:
    return httpx.Response(403, request=request)


def forms(requests: list[httpx.Request]) -> list[dict[str, list[str]]]:
    return [parse_qs(one.content.decode()) for one in requests if one.method == "POST"]


def test_token_is_renewed_with_its_audience_shortly_before_it_expires(
    server: Server, requests: list[httpx.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "time", lambda: now)
    tokens = server(
        TOKEN, TOKEN | {"access_token": "u"}, TOKEN | {"access_token": "v"}, audience="a", scope="b c"
    )
    assert [tokens.current(), tokens.current()] == ["t", "t"]
    now += 241
    assert tokens.current() == "u"
    assert tokens.current(refused="t") == "u"
    assert tokens.current(refused="u") == "v"
    tokens.close()
    assert (
        forms(requests) == [{"grant_type": ["client_credentials"], "audience": ["a"], "scope": ["b c"]}] * 3
    )
    assert all("Authorization" in one.headers for one in requests if one.method == "POST")


def test_secret_is_sent_as_the_server_supports(server: Server, requests: list[httpx.Request]) -> None:
    metadata = METADATA | {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    server(TOKEN, metadata=metadata).current()
    assert forms(requests)[0]["client_secret"] == ["s3cret"]


def test_token_endpoint_option_skips_discovery(server: Server, requests: list[httpx.Request]) -> None:
    server(TOKEN, token_endpoint="https://other.example/t").current()
    assert [str(one.url) for one in requests] == ["https://other.example/t"]


def test_metadata_of_rfc_8414_is_found(server: Server, requests: list[httpx.Request]) -> None:
    def describe(request: httpx.Request) -> httpx.Response:
        found = "oauth-authorization-server" in request.url.path
        body = METADATA | {"issuer": "https://tenant.example/one"}
        return httpx.Response(200 if found else 404, json=body, request=request)

    server(TOKEN, metadata=describe, issuer="https://tenant.example/one").current()
    assert requests[1].url.path == "/.well-known/oauth-authorization-server/one"


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectError("no"), httpx.Response(503), httpx.Response(429, headers={"Retry-After": "0"})],
)
def test_temporary_failure_is_retried(trouble: object, server: Server) -> None:
    assert server(trouble, TOKEN).current() == "t"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            httpx.Response(401, json={"error": "access_denied", "error_description": "No s3cret"}),
            "No (hidden)",
        ),
        (httpx.Response(401, json={"error": "invalid_client"}), "(invalid_client). Check --client-id"),
        (httpx.Response(400, json={"error": "odd"}), "Check --issuer"),
        (httpx.Response(400, text="Bad"), "--token-endpoint"),
        (httpx.Response(429, headers={"Retry-After": "99"}), "Could not sign in: "),
        (TOKEN | {"access_token": 1}, "--token-endpoint"),
        (TOKEN | {"scope": "read:timesheets"}, "not batch:upload"),
    ],
)
def test_refusal_names_the_remedy_and_hides_the_secret(answer: object, words: str, server: Server) -> None:
    with pytest.raises(SignInError) as refusal:
        server(answer).current()
    assert words in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (METADATA | {"issuer": "https://evil.example/"}, "describes another issuer"),
        ({"issuer": ISSUER}, "does not answer like an OAuth server"),
        ([], "does not answer like an OAuth server"),
        (greet, "does not answer like an OAuth server"),
        (refuse, "does not answer like an OAuth server"),
    ],
)
def test_bad_metadata_is_a_sign_in_error(metadata: object, words: str, server: Server) -> None:
    with pytest.raises(SignInError, match=words):
        server(metadata=metadata).current()


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")])
def test_unreachable_server_ends_the_import_within_seconds(
    failure: Exception, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)

    def wait(_: object, seconds: float) -> bool:
        nonlocal now
        now += seconds
        return False

    monkeypatch.setattr(threading.Event, "wait", wait)
    tokens = server(*[failure] * 20)
    tokens._retry = Retry(600, lambda *_: None)
    with pytest.raises(SignInError, match="Check the address and the network"):
        tokens.current()
    assert now <= FIRST_CONTACT


def test_secret_is_never_sent_over_plain_http(server: Server) -> None:
    with pytest.raises(UsageError, match="The token endpoint"):
        server(metadata=METADATA | {"token_endpoint": "http://tenant.example/t"}).current()


@pytest.mark.parametrize(
    "text", ["", "x", "https://", "https://a:b@c", "https://a?b", "https://a:b", "http://[x"]
)
def test_bad_url_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a URL"):
        secure_url("--api", text)


def test_plain_http_is_for_loopback_only() -> None:
    assert secure_url("--api", "http://127.0.0.1:3000") == "http://127.0.0.1:3000"
    with pytest.raises(UsageError, match="must begin with https"):
        secure_url("--api", "http://exampleco.example")


def test_close_without_a_sign_in(server: Server) -> None:
    server().close()


def test_repr_of_credentials_hides_the_secret() -> None:
    assert "s3cret" not in repr(Credentials(issuer="i", client_id="c", secret="s3cret"))
