"""`make smoke` against the local stack, with the tokens of each role and without one."""

import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from local.settings import PROJECT

if TYPE_CHECKING:
    from tests.local.support import Stack

IMPORTER = {"CLIENT_ID": "timesheets-import", "CLIENT_SECRET": "local-import-secret"}


def smoke(api_url: str, **environ: str) -> tuple[int, str]:
    """Return the exit code of the command and everything that it printed."""
    command = ["make", "-s", "smoke", f"API_URL={api_url}"]
    ran = subprocess.run(
        command, cwd=PROJECT, env=os.environ | environ, capture_output=True, text=True, check=False
    )
    assert all(secret not in ran.stdout + ran.stderr for secret in environ.values() if len(secret) > 40)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize(("user", "skipped"), [("ana", 2), ("mia", 1)])
def test_people_pass_and_leave_no_entry(
    stack: "Stack", sign_in: Callable[..., str], user: str, skipped: int
) -> None:
    token = sign_in(user)
    code, output = smoke(stack.settings.api_url, TOKEN=f"Bearer {token}", ORIGIN="https://app.example")
    assert (code, f"{skipped} skipped" in output) == (0, True), output


def test_a_program_passes(stack: "Stack") -> None:
    issuer = {"ISSUER": stack.settings.issuer, "AUDIENCE": stack.settings.audience}
    code, output = smoke(stack.settings.api_url, **IMPORTER, **issuer)
    assert code == 0, output
    assert "test_an_import_is_idempotent PASSED" in output


def test_a_stranger_runs_the_tests_that_need_no_token(stack: "Stack") -> None:
    code, output = smoke(stack.settings.api_url)
    assert code == 0, output
    assert "no token: set TOKEN" in output


def test_another_address_ends_the_run_before_a_token_is_sent(stack: "Stack") -> None:
    code, output = smoke(stack.settings.issuer, TOKEN="any")
    assert code != 0
    assert "No token was sent" in output
