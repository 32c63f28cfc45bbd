"""A rehearsal of the environment `prod` on MiniStack; as a program, `make deploy` or `make prove` there."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.gateway import complete_gateway
from local.settings import Settings
from local.sign_in import access_token
from ops import deploy, prove
from ops.environment import Environment

CONFIG = "rehearsal.toml"
GIT = ["git", "-c", "user.name=rehearsal", "-c", "user.email=rehearsal@exampleco.com"]


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
        environ, out = self.settings.aws_environment | {"TOKEN": self.token("ana")}, subprocess.PIPE
        ran = subprocess.run(command, cwd=self.checkout, env=environ, stdout=out, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    def ops(self, command: str, *options: str) -> str:
        """Run a command of ops/ for the environment `prod`."""
        python = [".venv/bin/python", "-m", "tests.local.rehearsal.support", command, "prod"]
        return self.run(*python, "--config-file", CONFIG, *options)

    def change(self, name: str, old: str, new: str) -> None:
        """Commit a change of a file."""
        path = self.checkout / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
        self.run(*GIT, "commit", "-qam", f"Change {name}")


def address(environment: Environment) -> str:
    """Complete the deployed API and return its address on MiniStack."""
    cloudformation, gateway = environment.client("cloudformation"), environment.client("apigateway")
    complete_gateway(cloudformation, gateway, environment.stack)
    return f"{os.environ['AWS_ENDPOINT_URL']}/restapis/{environment.outputs()['ApiId']}/v1/_user_request_"


if __name__ == "__main__":
    command = {"deploy": deploy.main, "prove": prove.main}[sys.argv[1]]
    sys.exit(command(sys.argv[2:], address=address))
