"""The whole template, as an operator deploys it: at first, after changes, and to its end."""

import json
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from local.sign_in import access_token
from tests.local.rehearsal.conftest import BOUNDARY, ENVIRONMENT, STACK, Rehearsal

pytestmark = pytest.mark.long

WITHIN = 30
"""Seconds."""


@pytest.fixture(scope="module")
def deployed(rehearsal: Rehearsal) -> Rehearsal:
    """Deploy for the first time; the deployment's own smoke test has passed then."""
    said = rehearsal.deploy()
    assert "its smoke test found no fault" in said
    return rehearsal


def as_user(rehearsal: Rehearsal, name: str) -> httpx.Client:
    token = access_token(rehearsal.settings.issuer, name, audience=rehearsal.settings.audience)
    base = rehearsal.api_url()
    return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def test_every_alarm_tells_the_topic(deployed: Rehearsal, template: dict[str, Any]) -> None:
    topic = deployed.outputs()["AlarmTopicArn"]
    alarms = deployed.client("cloudwatch").describe_alarms()["MetricAlarms"]
    declared = [r for r in template["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) == len(declared)
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
        assert alarm["AlarmDescription"]
        assert alarm["TreatMissingData"] == "notBreaching"
    (subscription,) = deployed.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert subscription["Endpoint"] == "team@exampleco.com"


def test_the_dashboard_shows_what_is_there(deployed: Rehearsal) -> None:
    dashboard = deployed.client("cloudwatch").get_dashboard(DashboardName=STACK)
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    alarms = {one["AlarmArn"] for one in deployed.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert set(widgets[0]["properties"]["alarms"]) == alarms
    functions = set(deployed.resources("AWS::Lambda::Function").values())
    named = [
        metric[metric.index("FunctionName") + 1]
        for widget in widgets
        for metric in widget["properties"].get("metrics", [])
        if "FunctionName" in metric
    ]
    assert named
    assert set(named) <= functions


def test_logs_are_kept_as_long_as_was_said_and_hold_no_token(deployed: Rehearsal) -> None:
    logs = deployed.client("logs")
    groups = {one["logGroupName"]: one for one in logs.describe_log_groups()["logGroups"]}
    assert set(groups) == {f"/{STACK}/functions", f"/{STACK}/access"}
    assert {one["retentionInDays"] for one in groups.values()} == {365}
    events = logs.filter_log_events(logGroupName=f"/{STACK}/functions")["events"]
    assert events
    assert not [event for event in events if "eyJ" in event["message"]]


def test_the_table_outlives_mistakes(deployed: Rehearsal) -> None:
    dynamodb, name = deployed.client("dynamodb"), deployed.outputs()["TableName"]
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["DeletionProtectionEnabled"] is True
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_the_pipelines_role_stands_beside_the_stack_with_the_functions_boundary(deployed: Rehearsal) -> None:
    """MiniStack's CloudFormation makes no identity provider, and bounds no role: a unit test looks."""
    parameters = {"Repository": "exampleco/api", "Environment": ENVIRONMENT, "OidcProvider": "present"}
    cloudformation, iam = deployed.client("cloudformation"), deployed.client("iam")
    name = f"deployer-{STACK}"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=(deployed.checkout / "ops/deployer.yaml").read_text(),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name)
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert outputs["PermissionsBoundary"] == BOUNDARY
    assert outputs["RoleArn"].endswith(f":role/{name}")
    assert BOUNDARY in {one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]}
    assert len(iam.list_role_policies(RoleName=name)["PolicyNames"]) > 1


def test_every_function_is_called_by_its_alias_and_traced(deployed: Rehearsal) -> None:
    functions = deployed.client("lambda")
    for name in deployed.resources("AWS::Lambda::Function").values():
        alias = functions.get_alias(FunctionName=name, Name="live")
        version = functions.get_function_configuration(FunctionName=name, Qualifier="live")
        assert alias["FunctionVersion"] == version["Version"] != "$LATEST"
        assert version["TracingConfig"]["Mode"] == "Active"
        assert version["SnapStart"]["ApplyOn"] == "PublishedVersions"


def test_uploads_are_throttled_more_than_the_rest(deployed: Rehearsal) -> None:
    (stage,) = deployed.client("apigateway").get_stages(restApiId=deployed.outputs()["ApiId"])["item"]
    settings = stage["methodSettings"]
    (upload,) = (value for path, value in settings.items() if "upload" in path)
    assert 0 < upload["throttlingRateLimit"] < settings["*/*"]["throttlingRateLimit"]


def test_an_approval_is_seen_to_arrive(deployed: Rehearsal) -> None:
    sqs, events = deployed.client("sqs"), deployed.client("events")
    queue = sqs.create_queue(QueueName="payroll")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus = deployed.outputs()["EventBusName"]
    pattern = {"source": ["timesheets"], "detail-type": ["Entry approved"]}
    events.put_rule(Name="payroll", EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="payroll", EventBusName=bus, Targets=[{"Id": "payroll", "Arn": arn}])
    with as_user(deployed, "ana") as ana, as_user(deployed, "mia") as mia:
        entry = ana.post(
            "/timesheets", json={"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
        ).json()
        approved = mia.put(f"/approvals/{entry['id']}").json()
    deadline = time.monotonic() + WITHIN
    received: list[Any] = []
    while not received and time.monotonic() < deadline:
        received = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", [])
    (message,) = received
    assert json.loads(message["Body"])["detail"]["entry"] == approved


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_change_of_code_and_one_of_the_layer_take_effect_and_keep_the_data(deployed: Rehearsal) -> None:
    with as_user(deployed, "carl") as carl:
        entry = carl.post("/timesheets", json={"date": "2026-11-19", "project": "Keep", "hours": 1}).json()
        path = f"/timesheets/{entry['id']}"
        assert carl.get(path).json() == entry

        handler = deployed.checkout / "handlers/get_timesheet.py"
        change(handler, '"id"]))', '"id"]), **{"X-Code": "changed"})')
        deployed.run("git", "-c", "user.name=r", "-c", "user.email=r", "commit", "-qam", "Change the code")
        deployed.deploy()
        answer = carl.get(path)
        assert (answer.headers.get("x-code"), answer.json()) == ("changed", entry)

        shared = deployed.checkout / "layers/shared/timesheets/api.py"
        change(
            shared,
            '{"ETag": etag(entry), **headers}',
            '{"ETag": etag(entry), "X-Layer": "changed", **headers}',
        )
        deployed.run("git", "-c", "user.name=r", "-c", "user.email=r", "commit", "-qam", "Change the layer")
        deployed.deploy()
        answer = carl.get(path)
        assert (answer.headers.get("x-layer"), answer.json()) == ("changed", entry)


def test_removed_it_leaves_the_table_alone(deployed: Rehearsal) -> None:
    table = deployed.outputs()["TableName"]
    deployed.run(
        ".venv/bin/sam",
        "delete",
        "--stack-name",
        STACK,
        "--region",
        deployed.settings.sam["region"],
        "--no-prompts",
    )
    stacks = deployed.client("cloudformation").list_stacks()["StackSummaries"]
    assert STACK not in {one["StackName"] for one in stacks if one["StackStatus"] != "DELETE_COMPLETE"}
    assert deployed.client("lambda").list_functions()["Functions"] == []
    assert deployed.client("apigateway").get_rest_apis()["items"] == []
    assert deployed.client("dynamodb").describe_table(TableName=table)["Table"]["ItemCount"] >= 0
