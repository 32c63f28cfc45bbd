"""Deploy to an environment of samconfig.toml: check, build, deploy, test the API over HTTP.

Nothing is changed before all checks pass. The process environment may hold AWS's variables and those of
`make smoke`. Exit status: 0 on success, 1 if a check or a step failed, 2 for wrong usage.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

from ops import check_issuer
from ops.environment import PROJECT, Environment, StepFailed, command, command_parser, parse
from ops.findings import Finding, report
from ops.versions import delete_versions, live_versions

PLACEHOLDERS: Final = ("TENANT", "TEAM@", "ACCOUNT", "CERTIFICATE")  # of samconfig.toml
PROPAGATION: Final = 15  # seconds until a deployment is everywhere


@command
def main(arguments: list[str] | None = None, address: Callable[[Environment], str] | None = None) -> int:
    """Run the command; `address` finds the API where its address is not the output ApiUrl."""
    usage = "make deploy ENV=dev [DRY_RUN=1: only check] [AT_ONCE=1: no gradual deployment, this time]"
    parser = command_parser(usage)
    for flag in ("--dry-run", "--at-once", "--yes"):  # --yes: do not ask for confirmation, as in CI
        parser.add_argument(flag, action="store_true")
    options, environment = parse(parser, arguments)
    given = {**environment.parameters, **({"GradualDeployment": "false"} if options.at_once else {})}
    template = yaml_parse((PROJECT / "template.yaml").read_text())
    values = {name: str(declared.get("Default", "")) for name, declared in template["Parameters"].items()}
    values |= environment.deployed() | given
    findings = [*stack_findings(environment, values, template), *commit_findings(environment.name)]
    findings += [*parameter_findings(given, template["Parameters"])] or [*issuer_findings(values)]
    faults = report(findings)
    if faults or options.dry_run:
        print(f"\n{faults or 'No'} problems found; nothing was changed.")
        return min(faults, 1)
    ask = not (options.yes or os.environ.get("CI") == "true")
    build(values["Architecture"])
    deploy(environment, given, ask=ask)
    test(values, address(environment) if address else environment.outputs()["ApiUrl"])
    print(f"\n{environment.stack} is deployed and its live tests passed.")
    return 0


def stack_findings(
    environment: Environment, values: Mapping[str, str], template: dict[str, Any]
) -> Iterator[Finding]:
    """Print where the deployment goes; yield why the stack cannot be updated now."""
    account = environment.client("sts").get_caller_identity()
    name, status = environment.stack, environment.describe().get("StackStatus", "")
    print(f"account {account['Account']} as {account['Arn']}, region {environment.region}, stack {name}")
    if status == "ROLLBACK_COMPLETE" or status.endswith("_FAILED"):
        action = "continue-update-rollback" if status == "UPDATE_ROLLBACK_FAILED" else "delete-stack"
        remedy = f"Run aws cloudformation {action} --stack-name {name}, wait for its end, then deploy again."
        yield ("fault", f"The stack {name} is {status} and cannot be updated", remedy)
    elif status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        yield ("fault", f"The stack {name} is {status}", "Wait for the end of the other deployment.")
    alarms = environment.resources("AWS::CloudWatch::Alarm") if status else {}
    canary = [alarm["Ref"] for alarm in template["Globals"]["Function"]["DeploymentPreference"]["Alarms"]]
    names = [alarms[one] for one in canary if one in alarms]
    if names and values["GradualDeployment"] == "true":
        ringing = environment.client("cloudwatch").describe_alarms(AlarmNames=names, StateValue="ALARM")
        for alarm in ringing["MetricAlarms"]:
            remedy = "CodeDeploy would roll the deployment back. To deploy a fix at once, add AT_ONCE=1."
            yield ("fault", f"{alarm['AlarmName']} is in ALARM", remedy)


def commit_findings(environment: str, project: Path = PROJECT) -> Iterator[Finding]:
    """Print the commit; yield a finding if it is not all that is deployed, in production a fault."""
    commands = (["describe", "--always"], ["status", "--porcelain"])
    git = [["git", "-C", str(project), *command] for command in commands]
    commit, changes = (subprocess.run(one, capture_output=True, text=True, check=False) for one in git)
    print(f"commit {commit.stdout.strip()}")
    if commit.returncode or changes.stdout:
        text = f"{len(changes.stdout.splitlines())} files are not committed"
        yield ("fault" if environment == "prod" else "warning", text, "Commit what you deploy.")


def parameter_findings(given: Mapping[str, str], declared: Container[str]) -> Iterator[Finding]:
    """Yield the faults of parameters that CloudFormation cannot see; it checks patterns and Rules itself."""
    for name, value in given.items():
        if name not in declared:
            yield ("fault", f"The template has no parameter {name}", "Correct the name: SAM CLI ignores it.")
        if name == "TimeZone" and value not in available_timezones():
            yield ("fault", f"TimeZone is {value}", "Use a name of the IANA database, such as Europe/Berlin.")
        for placeholder in PLACEHOLDERS:
            if placeholder in value:
                yield ("fault", f"{name} is {value}", f"Replace {placeholder} with your own value.")


def issuer_findings(values: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the faults of the issuer; of an HS256 issuer only those of its metadata."""
    issuer, audience = values["TokenIssuer"], values["Audience"]
    if values["TokenAlgorithm"] == "RS256":
        jwks_uri = values["JwksUri"] or f"{issuer}.well-known/jwks.json"
        yield from check_issuer.check(issuer, audience, {"JWKS_URI": jwks_uri})
    else:
        yield from check_issuer.server_faults(check_issuer.fetch_metadata(issuer), issuer)


def build(architecture: str) -> None:
    """Build for an architecture, arm64 or x86_64."""
    run(["make", "build", f"ARCHITECTURE={architecture}"], "Nothing was deployed.")


def deploy(environment: Environment, given: Mapping[str, str], *, ask: bool) -> None:
    """Deploy the build with SAM CLI, and drop the policies that API Gateway cached for the routes before."""
    live = live_versions(environment)
    delete_versions(environment, live)
    try:
        sam_deploy(environment, given, ask=ask)
    finally:
        delete_versions(environment, live)
    api, gateway = environment.outputs()["ApiId"], environment.client("apigateway")
    for stage in gateway.get_stages(restApiId=api)["item"]:
        try:
            gateway.flush_stage_authorizers_cache(restApiId=api, stageName=stage["stageName"])
        except ClientError as error:
            print(f"The authorizer's cache was not flushed; new routes may answer 403 for 5 minutes: {error}")


def sam_deploy(stack: Environment, given: Mapping[str, str], *options: str, ask: bool) -> None:
    """Create or update a stack with SAM CLI; without `ask`, ask for no confirmation."""
    sam = ["sam", "deploy", "--config-file", str(stack.config_file), "--config-env", stack.name]
    sam += ["--stack-name", stack.stack, *options, *([] if ask else ["--no-confirm-changeset"])]
    sam += ["--parameter-overrides", *(f'{name}="{value}"' for name, value in given.items())]
    run(sam, f"CloudFormation's events above say why; {stack.stack} rolls back by itself.")


def test(values: Mapping[str, str], api_url: str) -> None:
    """Run the live tests, once more after a failure."""
    origin = values["AllowedOrigins"].partition(",")[0].replace("*", "")
    own = {"ISSUER": values["TokenIssuer"], "AUDIENCE": values["Audience"], "ORIGIN": origin}
    smoke = ["make", "smoke", f"API_URL={api_url}"]
    try:
        run(smoke, "", own)
    except StepFailed:
        print(f"A deployment takes a while to be everywhere: testing again in {PROPAGATION} seconds.")
        time.sleep(PROPAGATION)
        run(smoke, "The new code is live. To go back, check out the last good commit and deploy it.", own)


def run(command: list[str], remedy: str, environ: Mapping[str, str] | None = None) -> None:
    """Run a command of the project in the foreground; raise StepFailed with the remedy if it fails."""
    print(f"\n$ {' '.join(command)}", flush=True)
    path = f"{PROJECT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    own = {**(environ or {}), **os.environ, "PATH": path}
    status = subprocess.run(command, cwd=PROJECT, env=own, check=False).returncode
    if status:
        raise StepFailed(f"{command[0]} failed with status {status}. {remedy}")


if __name__ == "__main__":
    sys.exit(main())
