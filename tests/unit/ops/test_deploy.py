"""`make deploy`: nothing is changed before every check passes, and each fault says what to do."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from ops import check_issuer, deploy
from ops.environment import Environment
from tests.support import PROJECT

SAMCONFIG = """[prod.global.parameters]
stack_name = "timesheets-prod"
region = "eu-west-1"
[prod.deploy.parameters]
parameter_overrides = {overrides}
"""
GOOD = ["TokenIssuer=https://exampleco.eu.auth0.com/", "GradualDeployment=true", 'Audience="urn:xy"']
ALARM = {"AlarmName": "ServerErrors"}
RESOURCES = {
    "AWS::CloudWatch::Alarm": {"ServerErrorsAlarm": "one"},
    "AWS::Lambda::Version": {"GetVersion": "arn:aws:lambda:eu-west-1:123456789012:function:get:2"},
}

type Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Return one client for all services; the stack has a canary's alarm and a function at version 2."""
    client = MagicMock()
    client.describe_alarms.return_value = {"MetricAlarms": []}
    client.get_stages.return_value = {"item": [{"stageName": "v1"}]}
    client.get_alias.return_value = {"FunctionVersion": "2"}
    versions = [{"Version": version} for version in ("$LATEST", "1", "2")]
    client.get_paginator.return_value.paginate.return_value = [{"Versions": versions}]
    monkeypatch.setattr(Environment, "client", lambda *_: client)
    monkeypatch.setattr(Environment, "outputs", lambda _: {"ApiId": "api", "ApiUrl": "https://api.test/v1"})
    monkeypatch.setattr(Environment, "describe", lambda _: {"StackStatus": client.status})
    monkeypatch.setattr(Environment, "resources", lambda _, kind: RESOURCES[kind])
    client.status = "UPDATE_COMPLETE"
    return client


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands that are run; a live test fails the first time."""
    ran: list[list[str]] = []

    def record(command: list[str], **_: object) -> Any:
        failed = command[1] == "smoke" and command not in ran
        ran.append(command)
        return subprocess.CompletedProcess(command, int(failed))

    monkeypatch.setattr(subprocess, "run", record)
    return ran


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command with a clean checkout and a good issuer."""
    monkeypatch.setattr(deploy, "commit_findings", lambda _: [])
    monkeypatch.setattr(check_issuer, "check", lambda *_: iter(()))
    monkeypatch.setattr(deploy, "PROPAGATION", 0)

    def main(*options: str, overrides: list[str] = GOOD) -> tuple[int, str]:
        config = tmp_path / "samconfig.toml"
        config.write_text(SAMCONFIG.format(overrides=overrides))
        try:
            code = deploy.main(["prod", "--config-file", str(config), *options])
        except SystemExit as error:
            code = int(error.code or 0)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return main


def test_it_builds_deploys_flushes_and_tests(run: Run, aws: MagicMock, commands: list[list[str]]) -> None:
    aws.describe_alarms.return_value = {"MetricAlarms": [ALARM]}  # which only stops a gradual deployment
    code, printed = run("--yes", "--at-once")
    assert code == 0, printed
    build, sam, *smoke = commands
    assert build == ["make", "build", "ARCHITECTURE=arm64"]
    assert {"--no-confirm-changeset", 'Audience="urn:xy"', 'GradualDeployment="false"'} <= set(sam)
    assert smoke == [["make", "smoke", "API_URL=https://api.test/v1"]] * 2
    aws.flush_stage_authorizers_cache.assert_called_once_with(restApiId="api", stageName="v1")
    aws.delete_function.assert_not_called()


def test_versions_of_a_failed_update_are_deleted(run: Run, aws: MagicMock, commands: list[list[str]]) -> None:
    aws.status = "UPDATE_ROLLBACK_COMPLETE"
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "FlushStageAuthorizersCache")
    aws.flush_stage_authorizers_cache.side_effect = denied  # which does not fail the deployment
    aws.get_paginator.return_value.paginate.return_value[0]["Versions"].append({"Version": "3"})
    assert run("--yes")[0] == 0
    assert len(commands) == 4
    aws.delete_function.assert_called_with(FunctionName="get", Qualifier="3")


@pytest.mark.parametrize(
    ("overrides", "code", "message"),
    [
        (["Audience=urn:x y z"], 2, """write 'Audience=urn:x y z' as 'Name=value' or 'Name="a value"'"""),
        (["JwksUri="], 2, "write 'JwksUri='"),
        (["TokenIsuer=https://x/"], 1, "The template has no parameter TokenIsuer"),
        (["TokenIssuer=https://TENANT.eu.auth0.com/"], 1, "Replace TENANT with your own value"),
        (["TimeZone=Europe/Berln"], 1, "TimeZone is Europe/Berln"),
    ],
)
def test_faults_of_parameters(
    run: Run, commands: list[list[str]], overrides: list[str], code: int, message: str
) -> None:
    ended, printed = run(overrides=[*GOOD, *overrides])
    assert (ended, message in printed, commands) == (code, True, []), printed


@pytest.mark.parametrize(
    ("status", "alarms", "message"),
    [
        ("ROLLBACK_COMPLETE", [], "delete-stack --stack-name timesheets-prod"),
        ("UPDATE_ROLLBACK_FAILED", [], "continue-update-rollback --stack-name timesheets-prod"),
        ("UPDATE_IN_PROGRESS", [], "Wait for the end of the other deployment"),
        ("UPDATE_COMPLETE", [ALARM], "ServerErrors is in ALARM"),
    ],
)
def test_faults_of_the_stack(run: Run, aws: MagicMock, status: str, alarms: list[Any], message: str) -> None:
    aws.status, aws.describe_alarms.return_value = status, {"MetricAlarms": alarms}
    code, printed = run("--dry-run")
    assert (code, message in printed, "nothing was changed" in printed) == (1, True, True), printed


@pytest.mark.parametrize(("name", "kind"), [("prod", "fault"), ("dev", "warning"), ("staging", "warning")])
def test_an_environment_names_parameters_of_the_template_and_its_commit(
    name: str, kind: str, template: dict[str, Any], tmp_path: Path
) -> None:
    environment = Environment.read(name, PROJECT / "samconfig.toml")
    assert environment.parameters.keys() <= template["Parameters"].keys()
    assert [found[0] for found in deploy.commit_findings(name, tmp_path)] == [kind]
