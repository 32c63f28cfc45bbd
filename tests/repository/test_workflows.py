"""The pipeline: what its workflows may do and run, and what its role on AWS may do."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from samcli.yamlhelper import yaml_parse

from tests.repository.transform import transformed
from tests.support import PROJECT

WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))
ENVIRONMENTS = ("staging", "prod")

by_file = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    found: dict[str, dict[str, Any]] = document["jobs"]
    return found


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "security.yml"]


@by_file
def test_every_action_is_one_commit_with_its_version_beside_it(path: Path) -> None:
    lines = [line.strip() for line in path.read_text().splitlines() if re.search(r"\buses:", line)]
    assert lines
    for line in lines:
        assert re.fullmatch(r"- uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_is_the_same_commit_wherever_it_is_used() -> None:
    used = {
        match.groups()
        for path in WORKFLOWS
        for match in re.finditer(r"uses: (\S+)@(\w+) #", path.read_text())
    }
    assert len(used) == len({action for action, _ in used})


@by_file
def test_a_job_has_the_rights_it_names_and_a_time_limit(path: Path) -> None:
    assert yaml.safe_load(path.read_text())["permissions"] == {}
    for name, job in jobs(path).items():
        assert job["permissions"].pop("contents") == "read", name
        written = {
            "staging": {"id-token": "write"},
            "prod": {"id-token": "write"},
            "codeql": {"security-events": "write"},
        }
        assert job["permissions"] == written.get(name, {}), name
        assert 0 < job["timeout-minutes"] <= 60, name


@by_file
def test_no_workflow_has_a_key_that_outlives_it_or_leaves_git_one(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"access.key|session.token", text, re.IGNORECASE)
    assert set(re.findall(r"secrets\.(\w+)", text)) <= {"SMOKE_CLIENT_SECRET"}
    assert "pull_request_target" not in text
    for job in jobs(path).values():
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


@by_file
def test_nothing_of_an_event_is_pasted_into_a_command(path: Path) -> None:
    for job in jobs(path).values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


@by_file
def test_python_is_the_projects(path: Path) -> None:
    for job in jobs(path).values():
        made = [step for step in job["steps"] if "make" in step.get("run", "")]
        pythons = [step for step in job["steps"] if "setup-python" in step.get("uses", "")]
        assert len(pythons) >= bool(made)
        assert all(step["with"] == {"python-version-file": ".python-version"} for step in pythons)


def test_production_follows_staging_follows_the_tests() -> None:
    found = jobs(PROJECT / ".github/workflows/ci.yml")
    assert found["staging"]["needs"] == "test"
    condition = "github.event_name == 'push' && github.ref == 'refs/heads/main' && vars.DEPLOY == 'true'"
    assert found["staging"]["if"] == condition
    assert found["prod"]["needs"] == "staging"
    assert "if" not in found["prod"], "it would run though staging failed"
    samconfig = tomllib.loads((PROJECT / "samconfig.toml").read_text())
    for name in ENVIRONMENTS:
        job = found[name]
        assert job["environment"] == job["env"]["ENV"] == name
        assert job["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": False}
        (aws,) = (step["with"] for step in job["steps"] if "configure-aws" in step.get("uses", ""))
        assert aws == {
            "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
            "aws-region": samconfig[name]["global"]["parameters"]["region"],
        }
        assert not any("cache" in step.get("uses", "") for step in job["steps"])


def test_dependabot_looks_after_each_lock() -> None:
    updates = yaml.safe_load((PROJECT / ".github/dependabot.yml").read_text())["updates"]
    locks = subprocess.run(
        ["git", "ls-files", "*uv.lock", "*package-lock.json"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ecosystems = {"uv.lock": "uv", "package-lock.json": "npm"}
    wanted = {(ecosystems[Path(lock).name], f"/{Path(lock).parent}".removesuffix(".")) for lock in locks}
    assert len(wanted) > 1
    assert {(one["package-ecosystem"], one["directory"]) for one in updates} == wanted | {
        ("github-actions", "/")
    }


@pytest.fixture(scope="module")
def deployer() -> dict[str, Any]:
    """Return the resources of ops/deployer.yaml."""
    found: dict[str, Any] = yaml_parse((PROJECT / "ops/deployer.yaml").read_text())["Resources"]
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for statement in document["Statement"]:
        yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def test_only_a_job_of_the_environment_becomes_its_deployer(deployer: dict[str, Any]) -> None:
    (trust,) = statements(deployer["Deployer"]["Properties"]["AssumeRolePolicyDocument"])
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {
                "Fn::Sub": "repo:${Repository}:environment:${Environment}"
            },
        }
    }


def test_the_deployer_can_write_no_role_that_is_not_bounded(deployer: dict[str, Any]) -> None:
    policies = deployer["Deployer"]["Properties"]["Policies"]
    for statement in (one for policy in policies for one in statements(policy["PolicyDocument"])):
        for action in listed(statement["Action"]):
            assert action.count(":") == 1
            assert not re.fullmatch(
                r"\w+:\*|iam:.*(\*|User|Group|AccessKey|Version|DeleteRoleP.*Boundary)", action
            )
            if action in {"iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"}:
                bounded = {"iam:PermissionsBoundary": {"Ref": "FunctionsBoundary"}}
                assert statement["Condition"] == {"StringEquals": bounded}
            if action in {"iam:AttachRolePolicy", "iam:PassRole", "iam:CreateServiceLinkedRole"}:
                assert statement["Condition"]
            if action == "iam:CreateRole" and "Condition" not in statement:
                assert all("Role-*" in one["Fn::Sub"] for one in statement["Resource"])


def test_what_the_deployer_may_change_has_the_stacks_name_and_not_its_own(deployer: dict[str, Any]) -> None:
    own = (
        deployer["Deployer"]["Properties"]["RoleName"]["Fn::Sub"],
        deployer["FunctionsBoundary"]["Properties"]["ManagedPolicyName"]["Fn::Sub"],
    )
    assert not any(name.startswith("timesheets-") for name in own)
    policies = deployer["Deployer"]["Properties"]["Policies"]
    for statement in (one for policy in policies for one in statements(policy["PolicyDocument"])):
        for resource in map(json.dumps, listed(statement["Resource"])):
            if re.search(r":(stack|function|role|table|log-group|alarm|dashboard|event-bus)[:/]", resource):
                assert re.search(r"timesheets-\$\{Environment\}|aws-sam-cli-managed|service-role", resource)


def test_a_role_for_each_environment_that_the_pipeline_deploys() -> None:
    """Where the stacks' names are made of the environments', as the deployer's rights take them to be."""
    samconfig = tomllib.loads((PROJECT / "samconfig.toml").read_text())
    for name in ENVIRONMENTS:
        assert samconfig[name]["global"]["parameters"]["stack_name"] == f"timesheets-{name}"


def test_the_boundary_lets_the_functions_do_what_their_policies_do(
    deployer: dict[str, Any], template: dict[str, Any]
) -> None:
    document = deployer["FunctionsBoundary"]["Properties"]["PolicyDocument"]
    bound = {action for one in statements(document) for action in listed(one["Action"])}
    needed = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments"}
    # AWS's own policy for who reads a stream, and what SAM adds for the queue of what can't be told.
    needed |= {
        f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    }
    needed |= {"sqs:SendMessage"}
    for resource in template["Resources"].values():
        for policy in resource.get("Properties", {}).get("Policies", []):
            given = policy.get("Fn::If", (None, policy))[1]
            allowed = [one for one in statements(given) if one["Effect"] == "Allow"]
            needed |= {action for one in allowed for action in listed(one["Action"])}
    assert not [one for one in needed if not any(fnmatchcase(one, action) for action in bound)]
    assert not [
        one for one in bound if not any(fnmatchcase(action, one) for action in needed | KEY_AND_SAMPLING)
    ]


KEY_AND_SAMPLING = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "xray:GetSampling*",
    "xray:PutTelemetryRecords",
}


def test_every_role_with_a_policy_of_ours_takes_the_boundary(template: dict[str, Any]) -> None:
    made = transformed()["Resources"]
    roles = {name: one["Properties"] for name, one in made.items() if one["Type"] == "AWS::IAM::Role"}
    unbounded = {name: role for name, role in roles.items() if "PermissionsBoundary" not in role}
    assert set(unbounded) == {"ApiGatewayLogsRole", "CodeDeployServiceRole"}
    assert not any("Policies" in role for role in unbounded.values())
    assert len(roles) > len(unbounded)
    assert all(
        role["PermissionsBoundary"]["Fn::If"][1]["Fn::Sub"].endswith(":policy/${PermissionsBoundary}")
        for name, role in roles.items()
        if name not in unbounded
    )
    assert template["Parameters"]["PermissionsBoundary"]["Default"] == ""
