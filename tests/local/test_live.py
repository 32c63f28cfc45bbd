"""`make smoke` against the local stack, with the tokens of each role and without one, and wrong usage."""

import os
import subprocess
from collections.abc import Callable

import pytest

from tests.live.support import usage_fault
from tests.local.support import Stack
from tests.support import PROJECT

API = {"API_URL": "https://api.example/v1/"}


def smoke(api_url: str, **environ: str) -> tuple[int, str]:
    """Return the exit code of the command and everything that it printed."""
    command = ["make", "-s", "smoke", f"API_URL={api_url}"]
    environ = os.environ | environ
    ran = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)
    assert environ.get("TOKEN", "-" * 99).removeprefix("Bearer ") not in ran.stdout + ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize(("user", "skipped"), [pytest.param("ana", 2, marks=pytest.mark.long), ("mia", 1)])
def test_people_pass(stack: Stack, sign_in: Callable[..., str], user: str, skipped: int) -> None:
    token = f"Bearer {sign_in(user)}"
    code, output = smoke(stack.settings.api_url, TOKEN=token, ORIGIN="https://app.example")
    assert (code, f"{skipped} skipped" in output) == (0, True), output


def test_a_program_passes(stack: Stack) -> None:
    client = {"CLIENT_ID": "timesheets-import", "CLIENT_SECRET": "local-import-secret"}
    issuer = {"ISSUER": stack.settings.issuer, "AUDIENCE": stack.settings.audience}
    code, output = smoke(stack.settings.api_url, **client, **issuer)
    assert (code, "test_an_import_is_idempotent PASSED" in output) == (0, True), output


def test_without_a_token_or_the_right_address_no_token_is_sent(stack: Stack) -> None:
    code, output = smoke(stack.settings.api_url)
    assert (code, "no token: set TOKEN" in output) == (0, True), output
    code, output = smoke(stack.settings.issuer, TOKEN="any-token")
    assert (code != 0, "No token was sent" in output) == (True, True), output


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "API_URL must be an https address"),
        ({"API_URL": "http://api.example"}, "API_URL must be an https address"),
        ({"API_URL": "https://api.example@evil.example/"}, "API_URL must be an https address"),
        (API | {"TOKEN": ""}, "TOKEN is set but holds no token"),
        (API | {"TOKEN": "two words"}, "TOKEN is set but holds no token"),
        (API | {"CLIENT_ID": "x"}, "set CLIENT_SECRET, ISSUER, AUDIENCE too"),
        (API | {"CLIENT_ID": "", "CLIENT_SECRET": ""}, ""),
    ],
)
def test_wrong_usage_is_explained(environ: dict[str, str], message: str) -> None:
    fault = usage_fault(environ)
    assert (bool(fault), message in fault) == (bool(message), True)
