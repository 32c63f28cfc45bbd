"""The environments of samconfig.toml, and their stacks on AWS."""

import re
import sys
import tomllib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from timesheets.model.errors import Problem

PROJECT: Final = Path(__file__).resolve().parent.parent
CONFIG_FILE: Final = PROJECT / "samconfig.toml"
TIMEOUTS: Final = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 5})
OVERRIDE: Final = re.compile(r'(\w+)=(?:"([^"]+)"|([^\s"]+))')


class StepFailed(Exception):
    """A step of a command failed; the text says what to do."""


@dataclass(frozen=True)
class Environment:
    """The stack that `sam deploy --config-env` deploys, and its parameters as configured."""

    name: str
    config_file: Path
    stack: str
    region: str
    profile: str | None
    parameters: Mapping[str, str]
    client_id: str | None = None
    """The app's id at the issuer, in the section `app`."""

    @classmethod
    def read(cls, name: str, config_file: Path = CONFIG_FILE, section: str = "deploy") -> "Environment":
        """Read an environment: the API's stack, or that of the app from the section `app`.

        Raise ValueError if it is missing or incomplete, or if SAM CLI would misread a parameter: it cuts an
        unquoted value at the first space.
        """
        document = tomllib.loads(config_file.read_text())
        names = [key for key in document if key not in {"version", "default"}]
        if name not in names:
            raise ValueError(f"ENV must be one of {', '.join(names)}, as in {config_file.name}")
        options: dict[str, Any] = {}
        for key in ("global", section):
            options |= document[name].get(key, {}).get("parameters", {})
        if not (options.get("stack_name") and options.get("region")):
            raise ValueError(f"{config_file.name}: {name} needs stack_name and region")
        parameters = {}
        for text in options.get("parameter_overrides", []):
            if not (found := OVERRIDE.fullmatch(text)):
                form = """'Name=value' or 'Name="a value"'"""
                raise ValueError(f"{config_file.name}: write {text!r} as {form}")
            parameters[found[1]] = found[2] or found[3]
        stack, region = str(options["stack_name"]), str(options["region"])
        profile, client_id = options.get("profile"), options.get("client_id")
        return cls(name, config_file, stack, region, profile, parameters, client_id)

    def client(self, service: str) -> Any:  # noqa: ANN401 boto3 makes its clients at run time
        """Return a client of one of AWS's services."""
        session = boto3.session.Session(region_name=self.region, profile_name=self.profile)
        return session.client(service, config=TIMEOUTS)  # type: ignore[call-overload]

    def describe(self) -> dict[str, Any]:
        """Return CloudFormation's description of the stack; empty if there is no such stack."""
        try:
            return dict(self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0])
        except ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise

    def deployed(self) -> dict[str, str]:
        """Return the parameters that the stack has."""
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.describe().get("Parameters", [])}

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        return {one["OutputKey"]: one["OutputValue"] for one in self.describe().get("Outputs", [])}

    def resources(self, kind: str) -> dict[str, str]:
        """Return the physical ids of the stack's resources of one type, by their logical ids."""
        paginator = self.client("cloudformation").get_paginator("list_stack_resources")
        pages = paginator.paginate(StackName=self.stack)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
        typed = (one for one in found if one["ResourceType"] == kind)
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in typed}


def command_parser(usage: str) -> ArgumentParser:
    """Return the parser of a command `make NAME ENV=...`, whose first argument is an environment."""
    parser = ArgumentParser(prog=usage.partition(" ENV")[0], usage=usage)
    parser.add_argument("environment")
    parser.add_argument("--config-file", type=Path, default=CONFIG_FILE)
    return parser


def parse(
    parser: ArgumentParser, arguments: list[str] | None, section: str = "deploy"
) -> tuple[Namespace, Environment]:
    """Parse a command line and read the environment it names; end with the usage if it has none."""
    options = parser.parse_args(arguments)
    try:
        return options, Environment.read(options.environment, options.config_file.resolve(), section)
    except (OSError, ValueError) as error:
        parser.error(str(error))


def command[**P](main: Callable[P, int]) -> Callable[P, int]:
    """Print a failed step, an outage or an error of AWS on stderr and return the exit status 1."""

    @wraps(main)
    def run(*arguments: P.args, **options: P.kwargs) -> int:
        try:
            return main(*arguments, **options)
        except (StepFailed, Problem, BotoCoreError, ClientError) as error:
            print(f"\n{error}", file=sys.stderr)
            return 1

    return run
