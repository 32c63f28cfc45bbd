"""What `make build` makes, function by function under Lambda's own runtime: each answers its fixture."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from bench.starts import runtime
from local.ports import free_ports
from local.settings import HOST, PROJECT
from local.sign_in import access_token
from tests.local.rehearsal.conftest import Rehearsal
from tests.support import table_definition

pytestmark = pytest.mark.long

EMULATOR = "aws-lambda-rie-arm64" if platform.machine() in {"arm64", "aarch64"} else "aws-lambda-rie-x86_64"
START = 20
"""Seconds."""


def of_status(status: int) -> Callable[[Any], bool]:
    return lambda answer: answer["statusCode"] == status


# The fixtures name entries that are not there: to say so, a function has to have asked the table.
ANSWERS: dict[str, Callable[[Any], bool]] = {
    "create_timesheet": of_status(201),
    "list_timesheets": of_status(200),
    "get_timesheet": of_status(404),
    "correct_timesheet": of_status(404),
    "delete_timesheet": of_status(404),
    "get_week": of_status(200),
    "list_approvals": of_status(200),
    "decide_approval": of_status(404),
    "reopen_approval": of_status(404),
    "upload_timesheets": of_status(207),
    "publish_changes": lambda answer: answer == {"batchItemFailures": []},
    "authorizer": lambda answer: answer["policyDocument"]["Statement"][0]["Effect"] == "Allow",
}


@pytest.fixture(scope="module")
def python() -> Path:
    """Return an interpreter that has what Lambda's runtime has, and nothing of ours."""
    return runtime()


@pytest.fixture(scope="module")
def environment(rehearsal: Rehearsal, template: dict[str, Any]) -> dict[str, str]:
    settings = rehearsal.settings
    rehearsal.run("make", "build", f"ARCHITECTURE={settings.architecture}")
    rehearsal.client("dynamodb").create_table(TableName="runtime", **table_definition(template))
    rehearsal.client("events").create_event_bus(Name="runtime")
    return settings.aws_environment | {
        "TABLE_NAME": "runtime",
        "EVENT_BUS_NAME": "runtime",
        "ALLOWED_ORIGINS": "*",
        "CURSOR_SECRET": "a secret of the tests",
        "TOKEN_ISSUER": settings.issuer,
        "AUDIENCE": settings.audience,
        "POWERTOOLS_METRICS_NAMESPACE": "Timesheets/runtime",
    }


@contextmanager
def running(python: Path, build: Path, module: str, environment: dict[str, str]) -> Iterator[str]:
    """Run one function, and give the address that takes its events."""
    function = f"{module.title().replace('_', '')}Function"
    handler = "app.lambda_handler" if module == "authorizer" else f"{module}.lambda_handler"
    invoke, runtime_api = free_ports(2)
    emulator = str(files("samcli") / "local/rapid" / EMULATOR)
    command = [emulator, "--runtime-interface-emulator-address", f"{HOST}:{invoke}"]
    command += ["--runtime-api-address", f"{HOST}:{runtime_api}", str(python), "-m", "awslambdaric", handler]
    # As Lambda has it: the function's folder first, then the layer, then what the runtime has.
    path = os.pathsep.join([str(build / function), str(build / "SharedLayer/python")])
    own = {"PYTHONPATH": path, "POWERTOOLS_SERVICE_NAME": module, "LAMBDA_TASK_ROOT": str(build / function)}
    with subprocess.Popen(
        command, cwd=build / function, env=environment | own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield f"http://{HOST}:{invoke}/2015-03-31/functions/function/invocations"
        finally:
            process.terminate()


def invoke(address: str, event: dict[str, Any]) -> Any:
    deadline = time.monotonic() + START
    while True:
        try:
            return httpx.post(address, json=event, timeout=START).json()
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("module", ANSWERS)
def test_a_function_answers_its_fixture(
    module: str, python: Path, rehearsal: Rehearsal, environment: dict[str, str]
) -> None:
    event = json.loads((PROJECT / "events" / f"{module}.json").read_text())
    if module == "authorizer":
        settings = rehearsal.settings
        token = access_token(settings.issuer, "ana", audience=settings.audience)
        event["authorizationToken"] = f"Bearer {token}"
    with running(python, rehearsal.checkout / ".aws-sam/build", module, environment) as address:
        answer = invoke(address, event)
    assert ANSWERS[module](answer), answer


def test_every_function_is_here(template: dict[str, Any]) -> None:
    functions = {
        one["Properties"]["Handler"].partition(".")[0]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    }
    assert functions - {"app"} | {"authorizer"} == ANSWERS.keys()
