"""The command of events/README.md on the deployed stack. test_runtime.py sends each event to its function."""

import json
import re
import shlex
import subprocess

import pytest

from local.sam_local import function_of
from local.settings import Settings
from tests.local.support import Stack
from tests.support import PROJECT

pytestmark = pytest.mark.long

EVENTS = ("authorizer", "list_timesheets", "number_changes", "remind")  # one of each kind


def documented(stack: Stack) -> tuple[dict[str, str], str]:
    """Return the environment and the command that the README shows, for this stack."""
    text = (PROJECT / "events/README.md").read_text().replace(Settings().aws_url, stack.settings.aws_url)
    variables = re.findall(r"(AWS_\w+)=(\S+)", text)
    (command,) = re.findall(r"^    (\.venv/bin/sam .*)$", text, re.MULTILINE)
    return dict(variables), command


@pytest.mark.parametrize("event", EVENTS)
def test_a_fixture_invokes_its_function(event: str, stack: Stack) -> None:
    environment, command = documented(stack)
    fixture = f"events/{event}.json"
    command = command.replace("ListTimesheetsFunction", function_of(fixture))
    command = command.replace("events/list_timesheets.json", fixture)
    ran = subprocess.run(
        shlex.split(command),
        cwd=PROJECT,
        env=stack.settings.aws_environment | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    output = ran.stdout + ran.stderr
    if event == "authorizer":
        assert "Unauthorized" in output
        return
    assert ran.returncode == 0, output
    if event == "number_changes":
        assert "errorMessage" not in output  # it returns nothing
        return
    answer = json.loads(ran.stdout[ran.stdout.index("{") :])
    assert "published" in answer if event == "remind" else answer["statusCode"] == 200
