"""openid-client in Node on the local authorization server."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.local.support import Stack

SCRIPT = Path(__file__).with_name("openid_client.mjs")
WEB = {"clientId": "timesheets-web", "secret": "local-web-secret"}
IMPORT = {"clientId": "timesheets-import", "secret": "local-import-secret"}
CLIENTS = {
    "secret in the header": WEB | {"authentication": "basic"},
    "secret in the body": WEB | {"authentication": "post"},
    "public": {"clientId": "timesheets-mobile", "authentication": "none"},
}
GRANTED = {"openid", "profile", "email", "offline_access", "read:timesheets", "create:timesheets"}

type Json = dict[str, Any]
type Run = Callable[..., Json]


@pytest.fixture
def run(node: str, packages: Path, stack: "Stack") -> Run:
    """Return a function that runs a scenario of the script and returns its output."""
    assert packages.is_dir()

    def play(scenario: str, client: dict[str, str]) -> Json:
        where = {
            "issuer": stack.settings.issuer,
            "api": stack.settings.api_url,
            "audience": stack.settings.audience,
        }
        argument = json.dumps(where | client | {"scenario": scenario})
        result = subprocess.run(
            [node, SCRIPT, argument], capture_output=True, text=True, check=False, timeout=60
        )
        assert result.returncode == 0, result.stdout + result.stderr
        answer: Json = json.loads(result.stdout)
        return answer

    return play


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> dict[str, str]:
    return CLIENTS[request.param]


def test_sign_in_gives_a_valid_id_token_and_a_token_for_the_api(run: Run, client: dict[str, str]) -> None:
    answer = run("code", client)
    assert set(answer["scope"].split()) == GRANTED
    claims = answer["claims"]
    assert (claims["name"], claims["email"], claims["nickname"]) == ("Ana", "ana@exampleco.com", "ana")
    assert claims["aud"] == client["clientId"]
    assert answer["userinfo"]["email"] == "ana@exampleco.com"
    assert answer["statuses"] == [201, 200]


def test_tokens_are_refreshed_narrowed_and_revoked(run: Run, client: dict[str, str]) -> None:
    answer = run("refresh", client)
    assert len(set(answer["refreshTokens"])) == 3
    assert set(answer["subjects"]) == {"auth0|ana"}
    scopes = [set(scope.split()) for scope in answer["scopes"]]
    assert scopes == [GRANTED, GRANTED, {"openid", "read:timesheets"}]
    assert answer["status"] == 200
    assert answer["afterRevocation"] == "invalid_grant"


def test_silent_sign_in_works_until_sign_out(run: Run, client: dict[str, str]) -> None:
    assert run("session", client) == {
        "before": "login_required",
        "silent": "auth0|ana",
        "location": "http://127.0.0.1:8080/?state=bye",
        "after": "login_required",
    }


@pytest.mark.parametrize("authentication", ["basic", "post"])
def test_client_credentials_give_a_token_for_uploads(run: Run, authentication: str) -> None:
    answer = run("program", IMPORT | {"authentication": authentication})
    assert answer == {"scope": "batch:upload", "refreshToken": None, "status": 201}
