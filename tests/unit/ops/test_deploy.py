"""`make deploy`: nothing is changed before every check passes, and each fault says what to do."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ops import check_issuer, deploy
from ops.environment import Environment
from tests.support import PROJECT

SAMCONFIG = """
version = 0.1
[prod.global.parameters]
stack_name = "timesheets-prod"
region = "eu-west-1"
[prod.deploy.parameters]
parameter_overrides = {overrides}
"""
GOOD = ["TokenIssuer=https://exampleco.eu.auth0.com/", "GradualDeployment=true", 'Audience="urn:xy"']
ALARM = {"AlarmName": "ServerErrors"}

type Run = Callable[..., tuple[int, str]]


class Aws:
    """Answers for CloudFormation, CloudWatch, STS and API Gateway."""

    def __init__(self) -> None:
        self.status = "UPDATE_COMPLETE"
        self.alarms: list[Any] = []
        self.flushed: list[str] = []
        self.deleted: list[str] = []

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ana"}

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        outputs = {"ApiId": "api", "ApiUrl": "https://api.example/v1"}
        outputs_list = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs_list}]}

    def get_paginator(self, _: str) -> "Aws":
        return self

    def paginate(self, **parameters: str) -> Iterator[dict[str, Any]]:
        if "FunctionName" in parameters:
            yield {"Versions": [{"Version": version} for version in ("$LATEST", "1", "2", "3")]}
        resources = {"ServerErrorsAlarm": "AWS::CloudWatch::Alarm", "Get": "AWS::Lambda::Function"}
        ids = ({"LogicalResourceId": name, "PhysicalResourceId": name} for name in resources)
        kinds = [one | {"ResourceType": resources[one["LogicalResourceId"]]} for one in ids]
        yield {"StackResourceSummaries": kinds, "Versions": []}

    def get_alias(self, **_: str) -> dict[str, str]:
        return {"FunctionVersion": "2"}

    def delete_function(self, **parameters: str) -> None:
        self.deleted.append(parameters["Qualifier"])

    def describe_alarms(self, **_: Any) -> dict[str, Any]:
        return {"MetricAlarms": self.alarms}

    def get_stages(self, **_: str) -> dict[str, Any]:
        return {"item": [{"stageName": "v1"}]}

    def flush_stage_authorizers_cache(self, **parameters: str) -> None:
        self.flushed.append(parameters["stageName"])


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    answers = Aws()
    monkeypatch.setattr(Environment, "client", lambda *_: answers)
    return answers


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


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands that are run; a live test fails the first time."""
    ran: list[list[str]] = []

    def record(command: list[str], **_: object) -> Any:
        ran.append(command)
        failed = command[:2] == ["make", "smoke"] and [one[1] for one in ran].count("smoke") == 1
        return subprocess.CompletedProcess(command, int(failed))

    monkeypatch.setattr(subprocess, "run", record)
    return ran


def test_it_builds_deploys_flushes_and_tests(run: Run, aws: Aws, commands: list[list[str]]) -> None:
    code, printed = run("--yes", "--at-once")
    assert code == 0, printed
    build, sam, *smoke = commands
    assert build == ["make", "build", "ARCHITECTURE=arm64"]
    assert sam[-1] == "--no-confirm-changeset"
    assert {'Audience="urn:xy"', 'GradualDeployment="false"'} <= set(sam)
    assert smoke == [["make", "smoke", "API_URL=https://api.example/v1"]] * 2
    assert aws.flushed == ["v1"]


@pytest.mark.parametrize(
    ("status", "deleted"), [("UPDATE_ROLLBACK_COMPLETE", ["3"]), ("UPDATE_COMPLETE", [])]
)
def test_versions_of_a_failed_update_are_deleted(
    run: Run, aws: Aws, commands: list[list[str]], status: str, deleted: list[str]
) -> None:
    aws.status = status
    assert run("--yes", "--at-once")[0] == 0
    assert (commands[1][:2], aws.deleted) == (["sam", "deploy"], deleted)


@pytest.mark.parametrize(
    ("overrides", "code", "message"),
    [
        (["Audience=urn:x y z"], 2, """write 'Audience=urn:x y z' as 'Name=value' or 'Name="a value"'"""),
        (["JwksUri="], 2, "write 'JwksUri='"),
        (["TokenIsuer=https://x/"], 1, "The template has no parameter TokenIsuer"),
        (["TokenIssuer=https://TENANT.eu.auth0.com/"], 1, "Replace TENANT with your own value"),
        (["TokenIssuer=exampleco.eu.auth0.com"], 1, "TokenIssuer is 'exampleco.eu.auth0.com'"),
        (["TokenAlgorithm=ES256"], 1, "It must be RS256 or HS256."),
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
def test_faults_of_the_stack(run: Run, aws: Aws, status: str, alarms: list[Any], message: str) -> None:
    aws.status, aws.alarms = status, alarms
    code, printed = run("--dry-run")
    assert (code, message in printed, "nothing was changed" in printed) == (1, True, True), printed


def test_an_alarm_does_not_stop_a_deployment_at_once(run: Run, aws: Aws) -> None:
    aws.alarms = [ALARM]
    assert run("--dry-run", "--at-once")[0] == 0


def test_without_an_environment_it_prints_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy.main([""])
    printed = capsys.readouterr().err
    assert "make deploy ENV=dev" in printed
    assert "ENV must be one of dev, staging, prod, as in samconfig.toml" in printed


@pytest.mark.parametrize(("environment", "kind"), [("prod", "fault"), ("dev", "warning")])
def test_uncommitted_files_are_a_fault_in_production(tmp_path: Path, environment: str, kind: str) -> None:
    assert [found[0] for found in deploy.commit_findings(environment, tmp_path)] == [kind]


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_environments_name_parameters_of_the_template(name: str, template: dict[str, Any]) -> None:
    environment = Environment.read(name, PROJECT / "samconfig.toml")
    assert environment.parameters.keys() <= template["Parameters"].keys()
