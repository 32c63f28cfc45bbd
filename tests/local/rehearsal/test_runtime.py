"""Each function that `make build` makes responds to its event under Lambda's own runtime."""

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

from bench.measure import runtime
from local.ports import free_ports
from local.settings import HOST
from tests.local.rehearsal.conftest import Rehearsal
from tests.support import PROJECT, table_definition

pytestmark = pytest.mark.long

EMULATOR = "aws-lambda-rie-arm64" if platform.machine() in {"arm64", "aarch64"} else "aws-lambda-rie-x86_64"
START_TIMEOUT = 20  # seconds

# The events name entries that do not exist: a 404 shows that the function asked the table.
STATUSES = {
    "create_timesheet": 201,
    "list_timesheets": 200,
    "get_week": 200,
    "list_approvals": 200,
    "upload_timesheets": 207,
}
OTHERS: dict[str, Callable[[Any], bool]] = {
    "publish_changes": lambda answer: answer == {"batchItemFailures": []},
    "authorizer": lambda answer: answer["policyDocument"]["Statement"][0]["Effect"] == "Allow",
}


@pytest.fixture(scope="module")
def python() -> Path:
    """Return an interpreter with the packages of Lambda's runtime and none of ours."""
    return runtime()


@pytest.fixture(scope="module")
def environment(rehearsal: Rehearsal, template: dict[str, Any]) -> dict[str, str]:
    settings = rehearsal.settings
    rehearsal.run("make", "build", f"ARCHITECTURE={settings.architecture}")
    rehearsal.prod.client("dynamodb").create_table(TableName="runtime", **table_definition(template))
    rehearsal.prod.client("events").create_event_bus(Name="runtime")
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
def emulator(python: Path, build: Path, module: str, environment: dict[str, str]) -> Iterator[str]:
    """Run one function, and return the address that takes its events."""
    folder = build / f"{module.title().replace('_', '')}Function"
    handler = "app.lambda_handler" if module == "authorizer" else f"{module}.lambda_handler"
    invoke, runtime_api = (f"{HOST}:{port}" for port in free_ports(2))
    command = [
        str(files("samcli") / "local/rapid" / EMULATOR),
        "--runtime-interface-emulator-address",
        invoke,
    ]
    command += ["--runtime-api-address", runtime_api, str(python), "-m", "awslambdaric", handler]
    # As on Lambda: the function's folder comes first, then the layer, then the runtime's packages.
    path = os.pathsep.join([str(folder), str(build / "SharedLayer/python")])
    own = {"PYTHONPATH": path, "POWERTOOLS_SERVICE_NAME": module, "LAMBDA_TASK_ROOT": str(folder)}
    with subprocess.Popen(
        command, cwd=folder, env=environment | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield f"http://{invoke}/2015-03-31/functions/function/invocations"
        finally:
            process.terminate()


def invoke(address: str, event: dict[str, Any]) -> Any:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            return httpx.post(address, json=event, timeout=START_TIMEOUT).json()
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_every_function_responds_to_its_event(
    python: Path, rehearsal: Rehearsal, environment: dict[str, str], subtests: pytest.Subtests
) -> None:
    for path in sorted((PROJECT / "events").glob("*.json")):
        event = json.loads(path.read_text())
        if path.stem == "authorizer":
            event["authorizationToken"] = f"Bearer {rehearsal.token('ana')}"
        build = rehearsal.checkout / ".aws-sam/build"
        with subtests.test(path.stem), emulator(python, build, path.stem, environment) as address:
            answer = invoke(address, event)
            other = OTHERS.get(path.stem, lambda _: False)
            assert answer.get("statusCode") == STATUSES.get(path.stem, 404) or other(answer), answer
