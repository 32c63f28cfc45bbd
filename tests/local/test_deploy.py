"""`make deploy` onto the local AWS, next to the stack that all tests share."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.settings import PROJECT

if TYPE_CHECKING:
    from tests.local.support import Stack

pytestmark = pytest.mark.long

SAMCONFIG = """
version = 0.1
[dev.global.parameters]
stack_name = "timesheets-dev"
region = "eu-west-1"
[dev.deploy.parameters]
capabilities = "CAPABILITY_IAM"
resolve_s3 = true
confirm_changeset = false
parameter_overrides = [
  "TokenIssuer={issuer}",
  "AllowedOrigins=https://app.exampleco.com,https://other.exampleco.com",
  "Architecture={architecture}",
]
"""

type Deploy = Callable[..., tuple[int, str]]


@pytest.fixture
def deploy(stack: "Stack", tmp_path: Path) -> Deploy:
    """Return what runs the command and returns its exit code and what it printed."""

    def run(issuer: str, *options: str, **environ: str) -> tuple[int, str]:
        config = tmp_path / "environments.toml"
        config.write_text(SAMCONFIG.format(issuer=issuer, architecture=stack.settings.architecture))
        ran = subprocess.run(
            [PROJECT / ".venv/bin/python", "-m", "ops.deploy", "dev", "--config-file", config, *options],
            cwd=PROJECT,
            env=stack.settings.aws_environment | environ | {"PYTHONPATH": "authorizer:layers/shared"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        return ran.returncode, ran.stdout

    return run


def test_an_environment_is_checked_deployed_and_checked_again(
    stack: "Stack", deploy: Deploy, sign_in: Callable[..., str]
) -> None:
    token = sign_in("carl")
    code, said = deploy(stack.settings.issuer, TOKEN=token)
    assert code == 0, said
    assert "ok      parameters: the template takes all 3" in said
    assert "ok      keys: usable for RS256" in said
    assert "ok      aws: account 000000000000, region eu-west-1, stack timesheets-dev" in said
    assert "preflight of https://app.exampleco.com: POST /timesheets is allowed" in said
    assert "ok      delete: the list no longer holds it" in said
    assert said.endswith("timesheets-dev is deployed, and its smoke test found no fault.\n")
    assert token not in said


def test_an_issuer_that_is_down_stops_it_before_anything_is_touched(deploy: Deploy) -> None:
    code, said = deploy("http://127.0.0.1:1/")
    assert code == 1
    assert "fault   discovery: http://127.0.0.1:1/" in said
    assert "Nothing was touched." in said
    assert "Build" not in said
