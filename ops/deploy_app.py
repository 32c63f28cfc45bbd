"""Deploy the mobile app to an environment of samconfig.toml: check, build, deploy, upload, check the result.

Where the API is, its own stack says; so that one is deployed first (`make deploy`). Nothing is touched before
all checks are passed. Ends with 0 if all is well, 1 if a step failed, 2 for a wrong use.
The environment may hold AWS's own variables.
"""

import argparse
import json
import os
import re
import signal
import sys
import time
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2 as httpx
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from ops import app_build, app_files, findings, smoke
from ops.deploy import (
    PATIENT,
    PAUSE,
    PROJECT,
    Environment,
    Failed,
    account_finding,
    confirm,
    endpoint,
    git_finding,
    run_step,
    template_parameters,
    value_of,
)
from ops.findings import Finding, fault, shown
from ops.parameters import parameter_findings

SECTION: Final = "app"
INVALIDATED: Final = ("/", "/index.html", "/config.json", "/sw.js")
"""What changes under its name and a browser asks for first; the rest is asked for anew anyway."""
DEEP: Final = "/deploy-app/any/page"
MISSING: Final = "/assets/deploy-app-missing.js"
PATIENCE: Final = 10
"""Seconds."""

_PLACEHOLDER: Final = "CLIENT_ID"


@dataclass(frozen=True, kw_only=True)
class AppEnvironment:
    """The API's environment, the app's own stack in it, and as what the app signs in."""

    api: Environment
    app: Environment
    client_id: str

    @classmethod
    def read(cls, name: str, config_file: Path) -> "AppEnvironment":
        """Read an environment and its section for the app.

        Raises
        ------
        ValueError
            If there is no such environment, or it lacks what a deployment needs.

        """
        api = Environment.read(name, config_file)
        section = tomllib.loads(config_file.read_text())[name].get(SECTION, {}).get("parameters", {})
        missing = [option for option in ("stack_name", "client_id") if not section.get(option)]
        if missing:
            where = f"{config_file.name}, {name}.{SECTION}.parameters"
            raise ValueError(f"{where}: {' and '.join(missing)} must be there")
        app = Environment.read(name, config_file, SECTION)
        if app.stack == api.stack:
            raise ValueError(f"{config_file.name}, {name}: the app needs a stack of its own, not {app.stack}")
        return cls(api=api, app=app, client_id=section["client_id"])

    def configuration(self, api_url: str) -> dict[str, str]:
        """Return what the app fetches when it starts."""
        return app_files.configuration(
            issuer=value_of("TokenIssuer", self.api),
            client_id=self.client_id,
            audience=value_of("Audience", self.api),
            api=api_url,
        )

    def origins(self, api_url: str) -> dict[str, str]:
        """Return the parameters that name whom the app talks to."""
        issuer = value_of("TokenIssuer", self.api)
        return {"ApiOrigin": app_files.origin_of(api_url), "IssuerOrigin": app_files.origin_of(issuer)}


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Deploy, or say why not."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.deploy_app",
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
        environment = AppEnvironment.read(given.environment, given.config_file.resolve())
    except (OSError, ValueError) as error:
        parser.error(str(error))
    unasked = given.yes or environ.get("CI") == "true"
    try:
        api_url = _check(environment)
        if given.dry_run:
            print("\nNo fault. Nothing was touched, as asked for by --dry-run.")
            return 0
        confirm(environment.app, unasked=unasked)
        folder = _build()
        _deploy(environment, api_url, unasked=unasked)
        address = _publish(environment, api_url, folder)
    except Failed as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. If `sam deploy` was under way, CloudFormation goes on: see its console.")
        return 1
    print(f"\nThe app is at {address}. The issuer must let {environment.client_id} come back to:")
    print(f"  {address}/callback after signing in, {address}/ after signing out, {address} as an origin")
    return 0


def _check(environment: AppEnvironment) -> str:
    """Show all findings, and return the API's address if there is no fault."""
    found: list[Finding] = []
    for finding in _checks(environment):
        found.append(finding)
        findings.show(finding)
    faults = findings.faults(found)
    if faults:
        file = environment.app.config_file
        raise Failed(f"Faults: {faults}. Nothing was touched. Mend them ({file}), try again.")
    return outputs(environment.api)["ApiUrl"]


def _checks(environment: AppEnvironment) -> Iterator[Finding]:
    yield node_finding()
    yield client_finding(environment.client_id)
    yield git_finding(environment.app.name)
    # What is wrong there would be wrong in config.json, too.
    judged = parameter_findings(environment.api.parameters, template_parameters(), environment.api.name)
    wrong = [finding for finding in judged if finding.kind == "fault"]
    yield from wrong
    account = account_finding(environment.app)
    yield account
    if wrong or account.kind == "fault":
        yield Finding("note", "api: not asked, before the above is right")
        return
    try:
        api_url = outputs(environment.api).get("ApiUrl", "")
        own = outputs(environment.app).get("AppUrl", "")
    except (BotoCoreError, ClientError) as error:
        yield fault(f"api: CloudFormation does not tell where it is: {shown(str(error))}")
        return
    yield from deployment_findings(environment, api_url, own)


def node_finding() -> Finding:
    """Say whether the app can be built here."""
    try:
        app_build.check_node()
    except app_build.BuildError as error:
        return fault(f"node: {error}")
    return Finding("ok", "node: there to build with")


def client_finding(client_id: str) -> Finding:
    """Say as what the app signs in."""
    if client_id == _PLACEHOLDER:
        return fault(
            f"client_id: {_PLACEHOLDER} stands for your own; put it in",
            "In Auth0: Applications > the mobile app > Settings > Client ID.",
        )
    return Finding("ok", f"client_id: the app signs in as {client_id}")


def deployment_findings(environment: AppEnvironment, api_url: str, own: str) -> Iterator[Finding]:
    """Judge what the template will be given, and whether the API will answer the app.

    Parameters
    ----------
    environment
        What samconfig.toml says.
    api_url
        Where the API is; empty if it is not deployed.
    own
        Where the app is from last time; empty if it is new.

    """
    name = environment.api.name
    if not api_url:
        yield fault(
            f"api: no stack {environment.api.stack} with an ApiUrl in {environment.api.region}",
            f"Deploy it first: make deploy ENV={name}",
        )
        return
    yield Finding("ok", f"api: {api_url}")
    declared = app_files.template()["Parameters"]
    yield from parameter_findings(
        {**environment.app.parameters, **environment.origins(api_url)}, declared, name
    )
    domain = environment.app.parameters.get("DomainName", "")
    address = f"https://{domain}" if domain else own
    if address:
        yield origin_finding(address, environment)
    else:
        yield Finding("note", "origin: CloudFront will give one; it is looked at afterwards")


def origin_finding(address: str, environment: AppEnvironment) -> Finding:
    """Say whether the API lets the app's pages call it."""
    allowed = [origin.strip() for origin in value_of("AllowedOrigins", environment.api).split(",")]
    if "*" in allowed or address in allowed:
        return Finding("ok", f"origin: the API lets {address} call it")
    return fault(
        f"origin: {address} is not among the API's AllowedOrigins ({', '.join(allowed)}), so its pages"
        " could not call it",
        f"Put it there, in {environment.api.config_file.name}, and deploy the API:"
        f" make deploy ENV={environment.api.name}",
    )


def outputs(environment: Environment) -> dict[str, str]:
    """Return a stack's outputs by their names; none if there is no such stack."""
    cloudformation = environment.session().client("cloudformation", config=PATIENT)
    try:
        (stack,) = cloudformation.describe_stacks(StackName=environment.stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _build() -> Path:
    print("\nBuild: npm ci, npm run build (in app/, where something changed)", flush=True)
    try:
        return app_build.build()
    except app_build.BuildError as error:
        raise Failed(f"{error}\nNothing was deployed.") from None


def _deploy(environment: AppEnvironment, api_url: str, *, unasked: bool) -> None:
    app = environment.app
    parameters = {**app.parameters, **environment.origins(api_url)}
    run_step(
        "Deployment",
        f"CloudFormation's events, above and in its console, say why; the stack {app.stack} goes back to what"
        " it was by itself, and the app's files are as before. Mend it, and deploy again.",
        "sam",
        "deploy",
        "--config-file",
        str(app.config_file),
        "--config-env",
        app.name,
        "--template-file",
        str(app_files.TEMPLATE),
        "--stack-name",
        app.stack,
        "--parameter-overrides",
        *(f"{name}={value}" for name, value in parameters.items()),
        "--no-fail-on-empty-changeset",  # the files change more often than what serves them
        *(["--no-confirm-changeset"] if unasked else []),
    )


def _publish(environment: AppEnvironment, api_url: str, folder: Path) -> str:
    """Upload the files, look at them from outside, and return their address."""
    try:
        made = outputs(environment.app)
        files = contents(folder, environment.configuration(api_url))
        _upload(environment.app, made["BucketName"], files)
        _invalidate(environment.app, made["DistributionId"])
    except (BotoCoreError, ClientError, WaiterError, KeyError, OSError) as error:
        raise Failed(
            f"The upload failed: {error!r}. What was there before goes on to be served, unless index.html is"
            " new; deploy again."
        ) from None
    headers = app_files.security_headers(
        api_origin=environment.origins(api_url)["ApiOrigin"],
        issuer_origin=environment.origins(api_url)["IssuerOrigin"],
    )
    _look(made, files, headers, environment)
    return made["AppUrl"]


def contents(folder: Path, configuration: Mapping[str, str]) -> dict[str, bytes]:
    """Return all files by their names, in the order in which they go up."""
    files = {name: (folder / name).read_bytes() for name in app_build.files_of(folder)}
    files[app_files.CONFIGURATION] = json.dumps(configuration, indent=2).encode()
    return {name: files[name] for name in app_files.in_order(files)}


def _upload(app: Environment, bucket: str, files: Mapping[str, bytes]) -> None:
    """Put the files into the bucket. What was there stays: an open page still loads what it knows."""
    print(f"\nUpload: {len(files)} files to {bucket}", flush=True)
    s3 = app.session().client("s3")
    for name, body in files.items():
        s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=body,
            ContentType=app_files.content_type(name),
            CacheControl=app_files.cache_control(name),
        )


def _invalidate(app: Environment, distribution: str) -> None:
    """Let CloudFront forget what changed under its name, and wait until it has."""
    print(f"Invalidation: {' '.join(INVALIDATED)}", flush=True)
    cloudfront = app.session().client("cloudfront")
    batch = {
        "Paths": {"Quantity": len(INVALIDATED), "Items": list(INVALIDATED)},
        "CallerReference": str(uuid.uuid4()),
    }
    made = cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    waiter = cloudfront.get_waiter("invalidation_completed")
    waiter.wait(
        DistributionId=distribution,
        Id=made["Invalidation"]["Id"],
        WaiterConfig={"Delay": 5, "MaxAttempts": 120},
    )


def _look(
    made: Mapping[str, str],
    files: Mapping[str, bytes],
    headers: Mapping[str, str],
    environment: AppEnvironment,
) -> None:
    address = made["AppUrl"]
    print(f"\nCheck: {address}", flush=True)
    with _visitor(address) as visitor:
        found = list(result_findings(visitor, files, headers))
        if findings.faults(found):
            print(
                f"Not yet as it should be; CloudFront takes a while: once more in {PAUSE} seconds.",
                flush=True,
            )
            time.sleep(PAUSE)
            found = list(result_findings(visitor, files, headers))
    found.append(origin_finding(address, environment))
    for finding in found:
        findings.show(finding)
    if findings.faults(found):
        raise Failed(
            f"The app is deployed, and not well. (The DNS record of an own domain must point to"
            f" {made['DomainTarget']}.) To go back, check the last good commit out and deploy again."
        )


def _visitor(address: str) -> httpx.Client:
    local = endpoint()
    if not local:
        return httpx.Client(base_url=address, timeout=PATIENCE)
    # MiniStack knows a distribution by its Host, and https by what a proxy before it would say.
    told = {"Host": urlsplit(address).netloc, "X-Forwarded-Proto": "https"}
    return httpx.Client(base_url=local, headers=told, timeout=PATIENCE)


def result_findings(
    visitor: httpx.Client, files: Mapping[str, bytes], headers: Mapping[str, str]
) -> Iterator[Finding]:
    """Ask for what a browser asks for first."""
    page, policy = files[app_files.INDEX], headers["Content-Security-Policy"]
    try:
        for path in ("/", DEEP):
            answer = visitor.get(path)
            yield _judged(f"{path} is the page", answer, good=answer.content == page)
            given = answer.headers.get("content-security-policy", "")
            yield _judged(f"{path} has the headers", answer, good=given == policy and _is_strict(answer))
        answer = visitor.get(f"/{app_files.CONFIGURATION}")
        same = answer.content == files[app_files.CONFIGURATION]
        yield _judged("/config.json is what was deployed", answer, good=same)
        for path in _loaded(page):
            answer = visitor.get(path)
            same = answer.content == files.get(path.removeprefix("/"))
            yield _judged(f"{path} is what was deployed", answer, good=same)
        answer = visitor.get(MISSING)
        # MiniStack's S3 knows nothing of who may list a bucket.
        status = HTTPStatus.FORBIDDEN if endpoint() else HTTPStatus.NOT_FOUND
        yield _judged("a file that is missing is not found", answer, good=True, status=status)
    except httpx.HTTPError as error:
        yield fault(f"app: no answer ({type(error).__name__}): {shown(str(error))}")


def _loaded(page: bytes) -> list[str]:
    """Return what a page loads from assets/."""
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.decode())


def _is_strict(answer: httpx.Response) -> bool:
    return "max-age=" in answer.headers.get("strict-transport-security", "")


def _judged(what: str, answer: httpx.Response, *, good: bool, status: int = HTTPStatus.OK) -> Finding:
    if answer.status_code == status and good:
        return Finding("ok", f"app: {what}")
    return fault(f"app: not so: {what}; status {answer.status_code}, headers {shown(dict(answer.headers))}")


if __name__ == "__main__":
    for ending in smoke.ENDINGS:
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
