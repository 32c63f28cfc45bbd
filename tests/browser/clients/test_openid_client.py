"""openid-client on the local authorization server: what a server in Node does."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.local.conftest import Stack

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
    """Return what plays a scenario of the script and gives what it prints."""
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


def test_it_signs_in_checks_the_id_token_and_calls_the_api(run: Run, client: dict[str, str]) -> None:
    answer = run("code", client)
    assert set(answer["scope"].split()) == GRANTED
    claims = answer["claims"]
    assert (claims["name"], claims["email"], claims["nickname"]) == ("Ana", "ana@exampleco.com", "ana")
    assert claims["aud"] == client["clientId"]
    assert answer["userinfo"]["email"] == "ana@exampleco.com"
    assert answer["statuses"] == [201, 200]


def test_it_refreshes_narrows_and_revokes(run: Run, client: dict[str, str]) -> None:
    answer = run("refresh", client)
    assert len(set(answer["refreshTokens"])) == 3
    assert set(answer["subjects"]) == {"auth0|ana"}
    scopes = [set(scope.split()) for scope in answer["scopes"]]
    assert scopes == [GRANTED, GRANTED, {"openid", "read:timesheets"}]
    assert answer["status"] == 200
    assert answer["afterRevocation"] == "invalid_grant"


def test_it_signs_in_silently_until_it_signs_out(run: Run, client: dict[str, str]) -> None:
    assert run("session", client) == {
        "before": "login_required",
        "silent": "auth0|ana",
        "location": "http://127.0.0.1:8080/?state=bye",
        "after": "login_required",
    }


@pytest.mark.parametrize("authentication", ["basic", "post"])
def test_a_program_gets_a_token_for_itself(run: Run, authentication: str) -> None:
    answer = run("program", IMPORT | {"authentication": authentication})
    assert answer == {"scope": "batch:upload", "refreshToken": None, "status": 201}
