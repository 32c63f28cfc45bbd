"""A checkout that a rehearsal may change, MiniStack to deploy it to, and an issuer for its callers."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import aws
from local.issuer.app import issuer_app
from local.issuer.tokens import TokenIssuer
from local.ports import free_ports
from local.serving import listen, serve
from local.settings import Settings
from local.sign_in import access_token
from ops.environment import Environment
from tests.support import PROJECT

CONFIG = "rehearsal.toml"
GIT = ["git", "-c", "user.name=rehearsal", "-c", "user.email=rehearsal@exampleco.com"]
# MiniStack has no CodeDeploy and no WAF association.
PARAMETERS = {"GradualDeployment": "false", "Waf": "false"}


@dataclass(frozen=True)
class Rehearsal:
    """A checkout, and the environment `prod` of its samconfig.toml on MiniStack."""

    checkout: Path
    settings: Settings
    prod: Environment

    def token(self, user: str) -> str:
        """Return an access token of a seeded user."""
        return access_token(self.settings.issuer, user, audience=self.settings.audience)

    def run(self, *command: str) -> str:
        """Run a command in the checkout, as an operator does, and return its output."""
        environ = self.settings.aws_environment | {"TOKEN": self.token("ana")}
        ran = subprocess.run(
            command, cwd=self.checkout, env=environ, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def ops(self, command: str, *options: str) -> str:
        """Run a command of ops/ for the environment `prod`."""
        python = [".venv/bin/python", "-m", "tests.local.rehearsal.ministack", command, "prod"]
        return self.run(*python, "--config-file", CONFIG, *options)

    def change(self, name: str, old: str, new: str) -> None:
        """Commit a change of a file."""
        path = self.checkout / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
        self.run(*GIT, "commit", "-qam", f"Change {name}")

    def api_url(self) -> str:
        return f"{self.settings.aws_url}/restapis/{self.prod.outputs()['ApiId']}/v1/_user_request_"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commit the project's files to a repository of their own; the environment is the project's."""
    subprocess.run(["make", "-s", "setup"], cwd=PROJECT, check=True)  # the checkout's make must not do it
    folder = tmp_path_factory.mktemp("rehearsal") / "checkout"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Rehearse"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)
    (folder / ".git/info/exclude").write_text(f"{CONFIG}\n.venv\nproof.md\n")
    return folder


@pytest.fixture(scope="module")
def rehearsal(checkout: Path) -> Iterator[Rehearsal]:
    issuer, port = free_ports(2)
    settings = Settings(issuer_port=issuer, aws_port=port)
    text = (checkout / "samconfig.toml").read_text().replace("TEAM@", "team@")
    text = text.replace("https://TENANT.eu.auth0.com/", settings.issuer)
    for name, value in PARAMETERS.items():
        text = text.replace(f'"{name}=true"', f'"{name}={value}"')
    added = f'"Architecture={settings.architecture}",'
    (checkout / CONFIG).write_text(text.replace("parameter_overrides = [", f"parameter_overrides = [{added}"))
    tokens = TokenIssuer(settings.local_issuer)
    served = serve(issuer_app(tokens), listen(issuer, "ISSUER_PORT"))
    with served, aws.ministack(settings), pytest.MonkeyPatch.context() as patch:
        for name, value in settings.aws_environment.items():
            patch.setenv(name, value)
        aws.await_ready(settings)
        yield Rehearsal(checkout, settings, Environment.read("prod", checkout / CONFIG))
