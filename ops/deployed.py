"""A deployed stack, as the commands that operate it see it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.config import Config

from ops.deploy import PROJECT, Environment

_PATIENT = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 5})


@dataclass(frozen=True)
class Deployed:
    """The stack of one of samconfig.toml's environments."""

    environment: Environment

    @classmethod
    def named(cls, name: str, config_file: Path = PROJECT / "samconfig.toml") -> "Deployed":
        """Return an environment's stack.

        Raises
        ------
        ValueError
            If there is no such environment.

        """
        return cls(Environment.read(name, config_file))

    def client(self, service: str) -> Any:  # noqa: ANN401 boto3's are made at run time
        """Return a client for one of AWS's services."""
        return self.environment.session().client(service, config=_PATIENT)  # type: ignore[call-overload]

    def physical_id(self, logical_id: str) -> str:
        """Return AWS's own name for a resource of the template."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=self.environment.stack, LogicalResourceId=logical_id
        )
        found: str = answer["StackResourceDetail"]["PhysicalResourceId"]
        return found
