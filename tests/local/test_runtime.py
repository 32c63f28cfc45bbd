"""Each function that `make build` makes responds to its event under Lambda's own runtime."""

import json
import os
import platform
import subprocess
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import httpx2 as httpx
import pytest

from bench.runtime import runtime
from local import aws
from local.build import BUILD
from local.ports import free_ports
from tests.local.support import Stack
from tests.support import PROJECT, table_definition

pytestmark = pytest.mark.long

PROCESSOR = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
EMULATOR = files("samcli") / f"local/rapid/aws-lambda-rie-{PROCESSOR}"
TIMEOUT = 20  # seconds
# The events name entries that do not exist: any other function's 404 shows that it asked the table.
EXPECTED = {
    "create_timesheet": '"statusCode": 201',
    "list_timesheets": '"statusCode": 200',
    "get_week": '"statusCode": 200',
    "submit_week": '"statusCode": 200',
    "withdraw_week": '"statusCode": 204',
    "list_approvals": '"statusCode": 200',
    "list_changes": '"statusCode": 200',
    "export_week": '"statusCode": 200',
    "get_board": '"statusCode": 200',
    "export_month": '"statusCode": 200',
    "decide_approvals": '"statusCode": 207',
    "upload_timesheets": '"statusCode": 207',
    "number_changes": "null",
    "publish_changes": '{"batchItemFailures": []}',
    "remind": '{"week": "2026-W47", "published": {}}',
    "authorizer": '"Effect": "Allow"',
}


@pytest.fixture(scope="module")
def environment(stack: Stack, template: dict[str, Any]) -> dict[str, str]:
    """Return the functions' environment, with a table and a bus of their own on the stack's AWS."""
    session, url = aws.session(stack.settings), stack.settings.aws_url
    dynamodb = session.client("dynamodb", endpoint_url=url)
    dynamodb.create_table(TableName="runtime", **table_definition(template))
    session.client("events", endpoint_url=url).create_event_bus(Name="runtime")
    return stack.settings.aws_environment | {
        "TABLE_NAME": "runtime",
        "EVENT_BUS_NAME": "runtime",
        "TIME_ZONE": "Europe/Berlin",
        "ALLOWED_ORIGINS": "*",
        "CURSOR_SECRET": "a secret of the tests",
        "POWERTOOLS_METRICS_NAMESPACE": "runtime",
        "TOKEN_ISSUER": stack.settings.issuer,
        "AUDIENCE": stack.settings.audience,
    }


def invoke(module: str, event: dict[str, Any], environment: dict[str, str]) -> str:
    """Start one function, send it an event and return its response; only Lambda's packages are there."""
    folder = BUILD / f"{module.title().replace('_', '')}Function"
    handler = "app.lambda_handler" if module == "authorizer" else f"{module}.lambda_handler"
    address, runtime_api = (f"127.0.0.1:{port}" for port in free_ports(2))
    command = [EMULATOR, "--runtime-interface-emulator-address", address]
    command += ["--runtime-api-address", runtime_api, runtime(), "-m", "awslambdaric", handler]
    # As on Lambda: the function's folder comes first, then the layer, then the runtime's packages.
    path = os.pathsep.join([str(folder), str(BUILD / "SharedLayer/python")])
    own = {"PYTHONPATH": path, "POWERTOOLS_SERVICE_NAME": module, "LAMBDA_TASK_ROOT": str(folder)}
    with subprocess.Popen(list(map(str, command)), cwd=folder, env=environment | own) as process:
        try:
            transport = httpx.HTTPTransport(retries=20)
            with httpx.Client(transport=transport, timeout=TIMEOUT) as client:
                url = f"http://{address}/2015-03-31/functions/function/invocations"
                return json.dumps(client.post(url, json=event).json())
        finally:
            process.terminate()


def test_every_function_responds_to_its_event(
    sign_in: Callable[..., str], environment: dict[str, str], subtests: pytest.Subtests
) -> None:
    for path in sorted((PROJECT / "events").glob("*.json")):
        event = json.loads(path.read_text())
        if path.stem == "authorizer":
            event["authorizationToken"] = f"Bearer {sign_in('ana')}"
        with subtests.test(path.stem):
            answer = invoke(path.stem, event, environment)
            assert EXPECTED.get(path.stem, '"statusCode": 404') in answer
