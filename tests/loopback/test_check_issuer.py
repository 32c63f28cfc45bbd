"""`make check-issuer` against real servers: the local authorization server, and broken ones."""

import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.issuer.app import issuer_app
from local.issuer.tokens import TokenIssuer
from ops import authorization_server, check_issuer
from tests.loopback.serving import served
from tokens import jwks as keys

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tests.support import Issuer

AUDIENCE = "https://api.exampleco.com/timesheets"
EMAIL = "https://api.exampleco.com/email"
SECRET = "s3cret-of-the-import"
IMPORT = {"CLIENT_ID": "timesheets-import", "CLIENT_SECRET": "local-import-secret"}

type Serve = Callable[[Callable[[str], "ASGIApp"]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as servers:
        yield lambda application: servers.enter_context(served(application))


@pytest.fixture(scope="module")
def local() -> Iterator[tuple[str, TokenIssuer]]:
    """Serve the local authorization server; return its address and what signs for it."""
    made: list[TokenIssuer] = []

    def application(address: str) -> "ASGIApp":
        made.append(TokenIssuer(address))
        return issuer_app(made[0])

    with served(application) as address:
        yield address, made[0]


class Broken:
    """An authorization server with something wrong."""

    def __init__(self, issuer: "Issuer") -> None:
        self.key = issuer.jwk("ours")
        self.discovery: dict[str, Any] | Response = {}
        self.keys: dict[str, Any] | Response = {"keys": [self.key]}
        self.token: Response = JSONResponse({})
        self.asked: list[str] = []

    def application(self, address: str) -> Starlette:
        described = {
            "issuer": address,
            "jwks_uri": f"{address}.well-known/jwks.json",
            "authorization_endpoint": f"{address}authorize",
            "token_endpoint": f"{address}oauth/token",
            "code_challenge_methods_supported": ["S256"],
        }

        async def discovery(_: Request) -> Response:
            given = self.discovery
            return given if isinstance(given, Response) else JSONResponse(described | given)

        async def jwks(_: Request) -> Response:
            return self.keys if isinstance(self.keys, Response) else JSONResponse(self.keys)

        async def token(request: Request) -> Response:
            self.asked.append((await request.body()).decode())
            return self.token

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", discovery),
                Route("/.well-known/jwks.json", jwks),
                Route("/oauth/token", token, methods=["POST"]),
            ]
        )


@pytest.fixture
def broken(issuer: "Issuer") -> Broken:
    return Broken(issuer)


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Return what runs the command and returns its exit code and what it printed."""

    def run(domain: str, *options: str, **environ: str) -> tuple[int, str]:
        capsys.readouterr()
        code = check_issuer.main([domain, AUDIENCE, *options], environ)
        said = capsys.readouterr()
        assert not said.err
        for name in ("TOKEN", "CLIENT_SECRET"):
            assert environ.get(name, SECRET) not in said.out
        return code, said.out

    return run


type Check = Callable[..., tuple[int, str]]


def person(tokens: TokenIssuer, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": tokens.issuer,
        "sub": "auth0|ana",
        "aud": [AUDIENCE, f"{tokens.issuer}userinfo"],
        "iat": now,
        "exp": now + 3600,
        "azp": "timesheets-mobile",
        "scope": "openid read:timesheets",
        EMAIL: "ana@exampleco.com",
    }
    return tokens.sign(claims | changes)


def test_the_local_server_and_its_tokens_are_all_right(local: tuple[str, TokenIssuer], check: Check) -> None:
    address, tokens = local
    code, said = check(address, TOKEN=person(tokens))
    assert code == 0
    assert "fault" not in said.lower().replace("no fault", "")
    assert "warning" not in said
    assert "auth0|ana, a person" in said
    assert f"--parameter-overrides TokenIssuer={address} Audience={AUDIENCE}\n" in said


def test_without_a_token_it_says_how_to_give_one(local: tuple[str, TokenIssuer], check: Check) -> None:
    code, said = check(local[0])
    assert code == 0
    assert "none given" in said
    assert "--token-file" in said


def test_a_token_comes_from_a_file_or_from_standard_input(
    local: tuple[str, TokenIssuer], check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, tokens = local
    written = f"Bearer {person(tokens)}\n"
    (tmp_path / "token").write_text(written)
    assert "auth0|ana" in check(address, "--token-file", str(tmp_path / "token"))[1]
    monkeypatch.setattr("sys.stdin", io.StringIO(written))
    assert "auth0|ana" in check(address, "--token-file", "-")[1]


def test_the_import_job_gets_a_token_by_its_own_credentials(
    local: tuple[str, TokenIssuer], check: Check
) -> None:
    code, said = check(local[0], **IMPORT)
    assert code == 0
    assert "timesheets-import@clients, a machine" in said
    assert "it opens POST /timesheets/upload\n" in said


def test_a_wrong_secret_is_explained(local: tuple[str, TokenIssuer], check: Check) -> None:
    code, said = check(local[0], **IMPORT | {"CLIENT_SECRET": "another-secret"})
    assert code == 1
    assert "CLIENT_ID or CLIENT_SECRET is wrong" in said
    assert "sam deploy" not in said


def test_a_token_for_another_api_is_a_fault(local: tuple[str, TokenIssuer], check: Check) -> None:
    address, tokens = local
    code, said = check(address, TOKEN=person(tokens, aud="https://api.exampleco.com/expenses"))
    assert code == 1
    assert "refused (wrong_audience)" in said
    assert "Faults: 1." in said


def test_a_token_without_scopes_is_a_warning(local: tuple[str, TokenIssuer], check: Check) -> None:
    address, tokens = local
    code, said = check(address, TOKEN=person(tokens, scope="openid", permissions=[]))
    assert code == 0
    assert "warning token: its scope" in said


def test_the_slash_that_is_missing_in_domain_is_explained(
    local: tuple[str, TokenIssuer], check: Check
) -> None:
    code, said = check(local[0].rstrip("/"), **IMPORT)
    assert code == 1
    assert f"Give DOMAIN={local[0]}" in said
    assert "a server with faults is sent no secret" in said


def test_a_server_that_leaves_out_the_slash_is_explained(serve: Serve, broken: Broken, check: Check) -> None:
    address = serve(broken.application)
    broken.discovery = {"issuer": address.rstrip("/")}
    code, said = check(address, **IMPORT)
    assert code == 1
    assert "no slash at the end" in said
    assert not broken.asked


DESCRIPTIONS: dict[str, tuple[dict[str, Any] | Response, str]] = {
    "another issuer": ({"issuer": "https://other.example/"}, 'calls itself "https://other.example/"'),
    "not found": (Response(status_code=404), "answers 404"),
    "a page": (HTMLResponse("<html>"), "answers no JSON object"),
    "a list": (JSONResponse([]), "answers no JSON object"),
    "a redirect": (RedirectResponse("https://other.example/"), "answers 307"),
    "nesting": (Response("[" * 100_000), "answers no JSON object"),
    "no PKCE": ({"code_challenge_methods_supported": None}, "without S256"),
    "no keys": ({"jwks_uri": None}, "jwks_uri is null"),
}


@pytest.mark.parametrize(("description", "said"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_server_that_describes_itself_badly_is_a_fault(
    description: dict[str, Any] | Response, said: str, serve: Serve, broken: Broken, check: Check
) -> None:
    broken.discovery = description
    code, printed = check(serve(broken.application))
    assert code == 1
    assert said in printed
    assert "ok      keys" in printed
    assert "Faults: 1." in printed


KEYS: dict[str, Callable[["Issuer"], dict[str, Any] | Response]] = {
    "none": lambda _: {"keys": []},
    "too small": lambda issuer: {"keys": [_small(issuer)]},
    "for encryption": lambda issuer: {"keys": [issuer.jwk("ours", use="enc")]},
    "an error": lambda _: Response(status_code=500),
    "a redirect": lambda _: RedirectResponse("/keys"),
}


def _small(issuer: "Issuer") -> dict[str, Any]:
    issuer.key("small-1024", bits=1024)
    return issuer.jwk("small-1024")


@pytest.mark.parametrize("published", KEYS.values(), ids=KEYS)
def test_a_server_without_usable_keys_is_a_fault(
    published: Callable[["Issuer"], dict[str, Any] | Response],
    serve: Serve,
    broken: Broken,
    issuer: "Issuer",
    check: Check,
) -> None:
    broken.keys = published(issuer)
    code, said = check(serve(broken.application), TOKEN=issuer.token())
    assert code == 1
    assert "fault   keys: none from" in said
    assert "note    token: not judged" in said


def test_keys_at_another_address_are_found_and_deployed_with(
    serve: Serve, broken: Broken, check: Check
) -> None:
    elsewhere = f"{serve(broken.application)}.well-known/jwks.json"
    broken.discovery = {"jwks_uri": elsewhere}
    other = serve(broken.application)
    code, said = check(other)
    assert code == 0
    assert f"JwksUri={elsewhere}" in said


def test_a_server_that_is_down_is_a_fault(check: Check) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    code, said = check(f"http://127.0.0.1:{port}/", **IMPORT)
    assert code == 1
    assert "is out of reach: ConnectError" in said


def test_a_server_that_repeats_the_secret_does_not_get_it_printed(
    serve: Serve, broken: Broken, check: Check
) -> None:
    error = {"error": "access_denied", "error_description": f"Unauthorized: {SECRET}"}
    broken.token = JSONResponse(error, status_code=401)
    code, said = check(serve(broken.application), CLIENT_ID="x", CLIENT_SECRET=SECRET)
    assert code == 1
    assert "Unauthorized: (hidden)" in said
    assert SECRET in broken.asked[0]


@pytest.mark.parametrize("answer", [HTMLResponse("<html>", 502), JSONResponse({"access_token": 5})])
def test_a_token_endpoint_that_gives_no_token_is_a_fault(
    answer: Response, serve: Serve, broken: Broken, check: Check
) -> None:
    broken.token = answer
    code, said = check(serve(broken.application), CLIENT_ID="x", CLIENT_SECRET=SECRET)
    assert code == 1
    assert "the server gives none" in said


def test_a_token_endpoint_that_is_down_is_a_fault(serve: Serve, broken: Broken, check: Check) -> None:
    broken.discovery = {"token_endpoint": "http://127.0.0.1:1/"}
    code, said = check(serve(broken.application), CLIENT_ID="x", CLIENT_SECRET=SECRET)
    assert code == 1
    assert "http://127.0.0.1:1/ is out of reach" in said


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    monkeypatch.setattr(authorization_server, "TIMEOUT", 0.2)
    monkeypatch.setattr(keys, "FETCH_DEADLINE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        code, said = check(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert code == 1
    assert httpx.ReadTimeout.__name__ in said
