"""Signing in at servers that say yes, no, later, and nonsense."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2 as httpx
import pytest

from timesheets_import.errors import NotSignedIn, Usage
from timesheets_import.patience import Patience
from timesheets_import.signing_in import Credentials, Tokens, address

ISSUER = "https://tenant.example/"
METADATA = {"issuer": ISSUER, "token_endpoint": "https://tenant.example/oauth/token"}
TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 300}

type Server = Callable[..., Tokens]


@pytest.fixture
def requests() -> list[httpx.Request]:
    return []


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, requests: list[httpx.Request]) -> Server:
    """Return what makes a client of a server with this description, and these answers to token requests."""

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
        credentials = Credentials(**{"issuer": ISSUER, "client_id": "c", "secret": "s3cret"} | known)
        return Tokens(credentials, Patience(2, lambda *_: None))

    return tokens


def greet(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="hi", request=request)


def refuse(request: httpx.Request) -> httpx.Response:
    return httpx.Response(403, request=request)


def forms(requests: list[httpx.Request]) -> list[dict[str, list[str]]]:
    return [parse_qs(one.content.decode()) for one in requests if one.method == "POST"]


def test_a_token_is_kept_until_shortly_before_its_end_and_renewed_with_its_audience(
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


def test_the_secret_goes_as_the_server_wants_it(server: Server, requests: list[httpx.Request]) -> None:
    metadata = METADATA | {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    server(TOKEN, metadata=metadata).current()
    assert forms(requests)[0]["client_secret"] == ["s3cret"]


def test_a_token_endpoint_may_be_named(server: Server, requests: list[httpx.Request]) -> None:
    server(TOKEN, token_endpoint="https://other.example/t").current()
    assert [str(one.url) for one in requests] == ["https://other.example/t"]


def test_a_server_of_oauth_alone_is_found(server: Server, requests: list[httpx.Request]) -> None:
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
def test_trouble_is_waited_for(trouble: object, server: Server) -> None:
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
        (TOKEN | {"scope": "read:timesheets"}, "gets no batch:upload"),
    ],
)
def test_a_server_that_gives_none_is_understood(answer: object, words: str, server: Server) -> None:
    with pytest.raises(NotSignedIn) as refusal:
        server(answer).current()
    assert words in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (METADATA | {"issuer": "https://evil.example/"}, "speaks for another issuer"),
        ({"issuer": ISSUER}, "does not answer as an OAuth server"),
        ([], "does not answer as an OAuth server"),
        (greet, "does not answer as an OAuth server"),
        (refuse, "does not answer as an OAuth server"),
    ],
)
def test_what_is_no_issuer_is_told(metadata: object, words: str, server: Server) -> None:
    with pytest.raises(NotSignedIn, match=words):
        server(metadata=metadata).current()


def test_no_secret_goes_where_others_read_along(server: Server) -> None:
    with pytest.raises(Usage, match="The token endpoint"):
        server(metadata=METADATA | {"token_endpoint": "http://tenant.example/t"}).current()


@pytest.mark.parametrize(
    "text", ["", "x", "https://", "https://a:b@c", "https://a?b", "https://a:b", "http://[x"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Usage, match="is no address"):
        address("--api", text)


def test_only_this_machine_goes_without_https() -> None:
    assert address("--api", "http://127.0.0.1:3000") == "http://127.0.0.1:3000"
    with pytest.raises(Usage, match="must begin with https"):
        address("--api", "http://exampleco.example")


def test_who_never_signed_in_has_nothing_to_close(server: Server) -> None:
    server().close()


def test_credentials_do_not_show_the_secret() -> None:
    assert "s3cret" not in repr(Credentials(issuer="i", client_id="c", secret="s3cret"))
