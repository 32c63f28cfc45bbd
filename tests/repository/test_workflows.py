"""The order of the pipeline's jobs, and the lock files that Dependabot updates."""

import tomllib
from typing import Any

import pytest
import yaml

from tests.support import PROJECT

LOCKS = {"uv.lock": "uv", "package-lock.json": "npm"}


@pytest.fixture(scope="module")
def jobs() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text())
    return document["jobs"]


def test_production_follows_staging_and_staging_follows_the_tests(jobs: dict[str, dict[str, Any]]) -> None:
    condition = "github.event_name == 'push' && github.ref == 'refs/heads/main' && vars.DEPLOY == 'true'"
    assert (jobs["staging"]["needs"], jobs["staging"]["if"]) == ("test", condition)
    assert jobs["prod"]["needs"] == "staging"
    assert "if" not in jobs["prod"], "a condition of its own would run it after a failed staging"


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_a_deployment_runs_alone_in_its_environment(jobs: dict[str, dict[str, Any]], name: str) -> None:
    job, samconfig = jobs[name], tomllib.loads((PROJECT / "samconfig.toml").read_text())
    assert job["environment"] == job["env"]["ENV"] == name
    assert job["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": False}
    (aws,) = (step["with"] for step in job["steps"] if "configure-aws" in step.get("uses", ""))
    region = samconfig[name]["global"]["parameters"]["region"]
    assert aws == {"role-to-assume": "${{ vars.AWS_ROLE_ARN }}", "aws-region": region}


def test_dependabot_updates_each_lock_file_and_the_actions() -> None:
    updates = yaml.safe_load((PROJECT / ".github/dependabot.yml").read_text())["updates"]
    pairs = {(update["package-ecosystem"], update["directory"]) for update in updates}
    locks = [
        PROJECT / "uv.lock",
        *PROJECT.glob("app/package-lock.json"),
        *PROJECT.glob("tests/*/*/package-lock.json"),
    ]
    expected = {
        (LOCKS[lock.name], f"/{lock.parent.relative_to(PROJECT)}".removesuffix(".")) for lock in locks
    }
    assert pairs == expected | {("github-actions", "/")}
