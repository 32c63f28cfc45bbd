"""A checkout that a rehearsal may change, MiniStack to deploy it to, and an issuer for its callers."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import aws
from local.issuer.app import issuer_app
from local.issuer.tokens import TokenIssuer
from local.ports import free_ports
from local.serving import listen, serve
from local.settings import Settings
from ops.environment import Environment
from tests.local.rehearsal.support import CONFIG, GIT, Rehearsal
from tests.local.support import copy_project
from tests.support import PROJECT


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commit the project's files to a repository of their own; the environment is the project's."""
    subprocess.run(["make", "-s", "setup"], cwd=PROJECT, check=True)  # the checkout's make must not do it
    folder = tmp_path_factory.mktemp("rehearsal") / "checkout"
    copy_project(folder, ".aws-sam")
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
    # MiniStack has no CodeDeploy and no WAF association.
    text = re.sub('"(GradualDeployment|Waf)=true"', r'"\1=false"', text)
    added = f'"Architecture={settings.architecture}",'
    (checkout / CONFIG).write_text(text.replace("parameter_overrides = [", f"parameter_overrides = [{added}"))
    served = serve(issuer_app(TokenIssuer(settings.local_issuer)), listen(issuer, "ISSUER_PORT"))
    with served, aws.ministack(settings), pytest.MonkeyPatch.context() as patch:
        for name, value in settings.aws_environment.items():
            patch.setenv(name, value)
        aws.await_ready(settings)
        yield Rehearsal(checkout, settings, Environment.read("prod", checkout / CONFIG))
