"""A checkout that a rehearsal may change, AWS to deploy it to, and an issuer for its callers."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from local import aws
from local.issuer.app import issuer_app
from local.issuer.tokens import TokenIssuer
from local.ports import free_ports
from local.settings import HOST, PROJECT, Settings
from local.sign_in import access_token

ENVIRONMENT = "prod"
STACK = "timesheets-prod"
BOUNDARY = "boundary-timesheets-prod"  # of ops/deployer.yaml
# What MiniStack's CloudFormation lacks (docs/operations.md), and what is this machine's own.
DIFFERENT = {"GradualDeployment": "false", "Waf": "false"}


@dataclass(frozen=True)
class Rehearsal:
    """One checkout, and one AWS."""

    checkout: Path
    settings: Settings

    def client(self, service: str) -> Any:
        return aws.session(self.settings).client(service, endpoint_url=self.settings.aws_url)  # type: ignore[call-overload]

    @property
    def environment(self) -> dict[str, str]:
        """What an operator's shell holds."""
        token = access_token(self.settings.issuer, "ana", audience=self.settings.audience)
        return self.settings.aws_environment | {"TOKEN": token, "PYTHONPATH": "authorizer:layers/shared"}

    def deploy(self) -> str:
        """Deploy as an operator does, and return what was printed."""
        command = [".venv/bin/python", "-m", "ops.deploy", ENVIRONMENT, "--yes"]
        return self.run(*command, "--config-file", "rehearsal.toml")

    def run(self, *command: str) -> str:
        ran = subprocess.run(
            command, cwd=self.checkout, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def resources(self, kind: str) -> dict[str, str]:
        """Return physical ids by logical ones."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in found
            if one["ResourceType"] == kind
        }

    def api_url(self) -> str:
        stage = f"{self.outputs()['ApiId']}/v1"
        return f"{self.settings.aws_url}/restapis/{stage}/_user_request_"


@contextmanager
def served(tokens: TokenIssuer, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(issuer_app(tokens), host=HOST, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a commit would hold, for each file of tests: they change it. The environment is the same."""
    folder = tmp_path_factory.mktemp("rehearsal") / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (PROJECT / name).is_file():  # and not deleted just now
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Rehearse"]):
        who = {
            f"GIT_{one}_{what}": "rehearsal" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        subprocess.run(["git", *command], cwd=folder, env=os.environ | who, check=True)
    return folder


@pytest.fixture(scope="module")
def rehearsal(checkout: Path) -> Iterator[Rehearsal]:
    issuer, port = free_ports(2)
    settings = Settings(issuer_port=issuer, aws_port=port)
    _configure(checkout, settings)
    with served(TokenIssuer(settings.local_issuer), issuer), aws.ministack(settings):
        aws.await_ready(settings)
        yield Rehearsal(checkout, settings)


def _configure(checkout: Path, settings: Settings) -> None:
    """Write samconfig.toml as an operator would fill it in, but for what is different here."""
    lines = (checkout / "samconfig.toml").read_text().replace("https://TENANT.eu.auth0.com/", settings.issuer)
    lines = lines.replace("TEAM@", "team@")
    own = {"Architecture": settings.architecture, "PermissionsBoundary": BOUNDARY}
    for name, value in (DIFFERENT | own).items():
        given = [line for line in lines.splitlines() if line.lstrip().startswith(f'"{name}=')]
        for line in given:
            lines = lines.replace(line, f'  "{name}={value}",')
        if not given:
            lines = lines.replace("parameter_overrides = [", f'parameter_overrides = [\n  "{name}={value}",')
    (checkout / "rehearsal.toml").write_text(lines)
    exclude = checkout / ".git/info/exclude"
    exclude.write_text("rehearsal.toml\n.venv\n")
