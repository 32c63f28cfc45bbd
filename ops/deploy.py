"""Deploy to one of samconfig.toml's environments: check everything, build, deploy, check the result.

Nothing is touched before all checks are passed. Ends with 0 if all is well, 1 if a step failed, 2 for a wrong
use.
The environment may hold AWS's own variables, and those of `python -m ops.smoke` for its token.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.samconfig import SamConfig
from samcli.yamlhelper import yaml_parse

from ops import findings, smoke
from ops.authorization_server import discover, keys_finding
from ops.findings import Finding, fault, shown
from ops.parameters import PRODUCTION, parameter_findings
from tokens.errors import ConfigurationError
from tokens.settings import Settings

PROJECT: Final = Path(__file__).resolve().parent.parent
PAUSE: Final = 15
"""Seconds after a smoke test that failed."""
PATIENT: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 2})


class Failed(Exception):
    """A step that failed; the text says which, and what now."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What `sam deploy --config-env` takes from a configuration file."""

    name: str
    config_file: Path
    stack: str
    region: str
    profile: str | None
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, name: str, config_file: Path, command: str = "deploy") -> "Environment":
        """Read as SAM CLI itself does; `command` is the section: another one is another stack's.

        Raises
        ------
        ValueError
            If there is no such environment, or it lacks what a deployment needs.

        """
        try:
            document = tomllib.loads(config_file.read_text())
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{config_file.name}: {error}") from None
        known = [key for key, value in document.items() if isinstance(value, dict)]
        if name not in known:
            raise ValueError(f"ENV must be one of {', '.join(known)}, as in {config_file.name}")
        config = SamConfig(str(config_file.parent), config_file.name)
        options: Mapping[str, Any] = config.get_all([command], "parameters", name)
        try:
            given = CfnParameterOverridesType().convert(options.get("parameter_overrides"), None, None)
        except click.UsageError as error:
            raise ValueError(f"{config_file.name}, {name}: {error.message}") from None
        missing = [option for option in ("stack_name", "region") if not options.get(option)]
        if missing:
            raise ValueError(f"{config_file.name}, {name}: {' and '.join(missing)} must be there")
        return cls(
            name=name,
            config_file=config_file,
            stack=options["stack_name"],
            region=options["region"],
            profile=options.get("profile"),
            parameters=given,
        )

    def session(self) -> boto3.session.Session:
        """Return a session with AWS as SAM CLI makes it."""
        return boto3.session.Session(region_name=self.region, profile_name=self.profile)


def template_parameters() -> dict[str, dict[str, Any]]:
    """Return what the template declares."""
    declared: dict[str, dict[str, Any]] = yaml_parse((PROJECT / "template.yaml").read_text())["Parameters"]
    return declared


def value_of(name: str, environment: Environment) -> str:
    """Return a parameter as it is deployed in a new stack; empty if the template has none of that name."""
    return environment.parameters.get(name) or str(template_parameters().get(name, {}).get("Default", ""))


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Deploy, or say why not."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.deploy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environment", metavar="ENV", help="dev, staging or prod: one of samconfig.toml's")
    parser.add_argument("--dry-run", action="store_true", help="check, and stop before anything is touched")
    parser.add_argument("--yes", action="store_true", help="ask nothing (as where the variable CI is true)")
    parser.add_argument(
        "--config-file", type=Path, default=PROJECT / "samconfig.toml", help="another than samconfig.toml"
    )
    given = parser.parse_args(arguments)
    try:
        environment = Environment.read(given.environment, given.config_file.resolve())
    except (OSError, ValueError) as error:
        parser.error(str(error))
    unasked = given.yes or environ.get("CI") == "true"
    try:
        _check(environment)
        if given.dry_run:
            print("\nNo fault. Nothing was touched, as asked for by --dry-run.")
            return 0
        confirm(environment, unasked=unasked)
        _build(environment)
        _deploy(environment, unasked=unasked)
        _smoke(environment, environ)
    except Failed as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. If `sam deploy` was under way, CloudFormation goes on: see its console.")
        return 1
    print(f"\n{environment.stack} is deployed, and its smoke test found no fault.")
    return 0


def _check(environment: Environment) -> None:
    found: list[Finding] = []
    for finding in _checks(environment):
        found.append(finding)
        findings.show(finding)
    faults = findings.faults(found)
    if faults:
        raise Failed(
            f"Faults: {faults}. Nothing was touched. Mend them ({environment.config_file}), try again."
        )


def _checks(environment: Environment) -> Iterator[Finding]:
    judged = parameter_findings(environment.parameters, template_parameters(), environment.name)
    yield from judged
    yield git_finding(environment.name)
    if findings.faults(judged):
        yield Finding("note", "issuer: not asked, before the parameters are right")
    else:
        yield from issuer_findings(environment)
    yield account_finding(environment)


def git_finding(environment: str, project: Path = PROJECT) -> Finding:
    """Say which commit is deployed; production takes nothing that no commit holds."""
    try:
        commit, changes = (
            subprocess.run(
                ["git", *command], cwd=project, capture_output=True, text=True, check=True, timeout=30
            ).stdout.splitlines()
            for command in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.SubprocessError):
        commit, changes = [], ["no repository"]
    if commit and not changes:
        return Finding("ok", f"git: the commit {commit[0]}, and nothing else")
    text = f"git: the commit {commit[0]}, and changes: {len(changes)}" if commit else "git: no commit"
    if environment == PRODUCTION:
        return fault(text, "Commit first: nobody could tell later what production runs.")
    return Finding("warning", text)


def issuer_findings(environment: Environment) -> Iterator[Finding]:
    """Ask the issuer for its description and its keys, as the authorizer will."""
    issuer = value_of("TokenIssuer", environment)
    metadata, found = discover(issuer)
    yield from (finding for finding in found if finding.kind != "ok")
    if metadata:
        yield Finding("ok", f"issuer: {issuer} describes itself as it should")
    try:
        settings = Settings(
            {
                "TOKEN_ISSUER": issuer,
                "AUDIENCE": value_of("Audience", environment),
                "TOKEN_ALGORITHM": value_of("TokenAlgorithm", environment),
                "TOKEN_SECRET_ARN": value_of("TokenSecretArn", environment),
                "JWKS_URI": value_of("JwksUri", environment),
            }
        )
    except ConfigurationError as error:
        yield fault(f"issuer: the authorizer would not take it: {error}")
        return
    if settings.algorithm == "RS256":
        yield keys_finding(settings)
        published = metadata.get("jwks_uri", settings.jwks_uri)
        if published != settings.jwks_uri:
            yield Finding(
                "warning",
                f"issuer: it publishes its keys at {shown(published)}, not at {settings.jwks_uri}",
                "Say so in JwksUri.",
            )


def account_finding(environment: Environment) -> Finding:
    """Say whose account it is."""
    try:
        client = environment.session().client("sts", config=PATIENT)
        caller = client.get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        return fault(
            f"aws: no use of these credentials: {shown(str(error))}",
            "Sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    at = f", at {client.meta.endpoint_url}" if endpoint() else ""
    return Finding(
        "ok",
        f"aws: account {caller['Account']}, region {environment.region}, stack {environment.stack},"
        f" as {caller['Arn']}{at}",
    )


def endpoint() -> str:
    """Where AWS is, if it is not AWS itself."""
    return os.environ.get("AWS_ENDPOINT_URL", "")


def confirm(environment: Environment, *, unasked: bool) -> None:
    """Ask before production is changed.

    Raises
    ------
    Failed
        If its stack's name is not typed.

    """
    if environment.name != PRODUCTION or unasked:
        return
    try:
        typed = input(f"\nThis changes production. To go on, type the stack's name, {environment.stack}: ")
    except EOFError:
        typed = ""
    if typed.strip() != environment.stack:
        raise Failed("Not confirmed. Nothing was touched.")


def run_step(what: str, now: str, *command: str) -> None:
    """Run a command of the project's environment in the foreground.

    Raises
    ------
    Failed
        If it does; `now` is what to do then.

    """
    search = f"{PROJECT / '.venv/bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    print(f"\n{what}: {' '.join(command)}", flush=True)
    status = subprocess.run(command, cwd=PROJECT, env=os.environ | {"PATH": search}, check=False).returncode
    if status:
        raise Failed(f"{what} failed ({command[0]} ended with {status}). {now}")


def _build(environment: Environment) -> None:
    run_step(
        "Build",
        "Nothing was deployed.",
        "make",
        "build",
        f"ARCHITECTURE={value_of('Architecture', environment)}",
    )


def _deploy(environment: Environment, *, unasked: bool) -> None:
    run_step(
        "Deployment",
        f"CloudFormation's events, above and in its console, say why; the stack {environment.stack} goes back"
        " to what it was by itself. Mend it, and deploy again.",
        "sam",
        "deploy",
        "--config-file",
        str(environment.config_file),
        "--config-env",
        environment.name,
        *(["--no-confirm-changeset"] if unasked else []),
    )


def _smoke(environment: Environment, environ: Mapping[str, str]) -> None:
    try:
        address = _address(environment)
    except (BotoCoreError, ClientError, KeyError) as error:
        raise Failed(f"The smoke test did not run: no ApiUrl of {environment.stack}: {error}") from None
    origin = value_of("AllowedOrigins", environment).split(",")[0].strip()
    known = {
        "ISSUER": value_of("TokenIssuer", environment),
        "AUDIENCE": value_of("Audience", environment),
        "ORIGIN": "" if origin == "*" else origin,
    }
    print(f"\nSmoke test: {address}", flush=True)
    if _is_well(address, known | dict(environ)):
        return
    print(f"\nA new deployment takes a while to be everywhere: once more in {PAUSE} seconds.", flush=True)
    time.sleep(PAUSE)
    if not _is_well(address, known | dict(environ)):
        raise Failed(
            f"The smoke test failed: {environment.stack} is deployed, and not well. To go back, check the"
            f" last good commit out and `make deploy ENV={environment.name}`; to try again,"
            f" `make smoke API_URL={address}`."
        )


def _is_well(address: str, environ: Mapping[str, str]) -> bool:
    return not smoke.main([address], environ)


def _address(environment: Environment) -> str:
    cloudformation = environment.session().client("cloudformation", config=PATIENT)
    (stack,) = cloudformation.describe_stacks(StackName=environment.stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    address: str = outputs["ApiUrl"]
    if not endpoint():
        return address
    # MiniStack serves no domain of API Gateway's, and its import of an API leaves out what this puts in.
    from local.gateway import complete_gateway  # noqa: PLC0415 for development only

    gateway = environment.session().client("apigateway", config=PATIENT)
    complete_gateway(cloudformation, gateway, environment.stack)
    stage = urlsplit(address).path
    return f"{endpoint().rstrip('/')}/restapis/{outputs['ApiId']}{stage}/_user_request_"


if __name__ == "__main__":
    for ending in smoke.ENDINGS:
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
