"""The product on MiniStack as an operator deploys it: created, changed, removed."""

import httpx2 as httpx
import pytest

from ops.prove import EMULATOR
from tests.local.rehearsal.support import Rehearsal, address

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def deployed(rehearsal: Rehearsal) -> Rehearsal:
    """Deploy for the first time; the live tests have passed then."""
    output = rehearsal.ops("deploy", "--yes")
    assert "timesheets-prod is deployed and its live tests passed." in output
    return rehearsal


def client(rehearsal: Rehearsal, user: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {rehearsal.token(user)}"}
    return httpx.Client(base_url=address(rehearsal.prod), headers=headers, timeout=60)


def test_alarms_notify_the_address(deployed: Rehearsal) -> None:
    topic = deployed.prod.outputs()["AlarmTopicArn"]
    (one,) = deployed.prod.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert one["Endpoint"] == "team@exampleco.com"


def test_logs_have_a_retention(deployed: Rehearsal) -> None:
    logs, stack = deployed.prod.client("logs"), deployed.prod.stack
    groups = logs.describe_log_groups()["logGroups"]
    retention = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    assert retention == {f"/{stack}/functions": 365, f"/{stack}/access": 365}


def test_the_table_is_protected_and_aliases_serve_versions(deployed: Rehearsal) -> None:
    prod = deployed.prod
    table = prod.client("dynamodb").describe_table(TableName=prod.outputs()["TableName"])["Table"]
    assert table["DeletionProtectionEnabled"] is True
    for name in prod.resources("AWS::Lambda::Function").values():
        live = prod.client("lambda").get_alias(FunctionName=name, Name="live")
        assert live["FunctionVersion"] != "$LATEST", name


def test_every_change_has_a_number(deployed: Rehearsal) -> None:
    assert "could not be numbered" not in deployed.run("make", "number", "ENV=prod")


def test_changes_of_a_handler_and_of_the_layer_take_effect_and_keep_the_data(deployed: Rehearsal) -> None:
    with client(deployed, "carl") as carl:
        body = {"date": "2026-11-19", "project": "Keep", "hours": 1}
        entry = carl.post("/timesheets", json=body).json()
        path = f"/timesheets/{entry['id']}"
        deployed.change("handlers/get_timesheet.py", '"id"]))', '"id"]), **{"X-Code": "changed"})')
        etag = '{"ETag": etag(entry.version), '
        response = "layers/shared/timesheets/web/response.py"
        deployed.change(response, f"{etag}**", f'{etag}"X-Layer": "changed", **')
        deployed.ops("deploy", "--yes")
        found, created = carl.get(path), carl.post("/timesheets", json=body)
        assert (found.headers.get("x-code"), found.json()) == ("changed", entry)
        assert created.headers.get("x-layer") == "changed", "a function whose own code is as before"


def test_a_removed_stack_leaves_its_table(deployed: Rehearsal) -> None:
    prod = deployed.prod
    table = prod.outputs()["TableName"]
    delete = ("delete", "--stack-name", prod.stack, "--region", prod.region, "--no-prompts")
    deployed.run(".venv/bin/sam", *delete)
    assert prod.describe() == {}
    assert prod.client("lambda").list_functions()["Functions"] == []
    assert prod.client("apigateway").get_rest_apis()["items"] == []
    assert prod.client("dynamodb").describe_table(TableName=table)["Table"]["ItemCount"] >= 0


def test_make_prove_runs_as_far_as_ministack_goes(rehearsal: Rehearsal) -> None:
    output = rehearsal.ops("prove")
    rows = [line.split(" | ") for line in output.partition("# Proof")[2].splitlines() if " | " in line]
    results = {row[0].removeprefix("| "): row[1] for row in rows[2:]}
    unsupported = {name for name, result in results.items() if result == "not supported here"}
    assert (unsupported, set(results.values())) == (set(EMULATOR), {"passed", "not supported here"}), output
    assert "timesheets-proof" not in str(rehearsal.prod.client("lambda").list_functions())
