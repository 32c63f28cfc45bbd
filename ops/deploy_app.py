"""Deploy the app: build it, deploy app/template.yaml, upload the files and invalidate CloudFront's copies.

The addresses of the API and the issuer come from the API's stack, so `make deploy` comes first.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

PROJECT: Final = Path(__file__).resolve().parent.parent
TYPES: Final = MimeTypes()


def main(arguments: list[str] | None = None) -> None:
    """Run the command. Exits with a message if a check or a step fails."""
    parser = argparse.ArgumentParser(prog="python -m ops.deploy_app", description=__doc__)
    parser.add_argument("environment", metavar="ENV", help="an environment of samconfig.toml, such as dev")
    name = parser.parse_args(arguments).environment
    shared, app = settings(name)
    try:
        session = boto3.session.Session(region_name=shared["region"], profile_name=shared.get("profile"))
        api = stack_values(session, shared["stack_name"])
        if "ApiUrl" not in api:
            sys.exit(f"There is no stack {shared['stack_name']} with an ApiUrl; run: make deploy ENV={name}")
        run("make", "app-build")
        deploy_stack(name, app, api)
        stack = stack_values(session, app["stack_name"])
        upload(session, stack, configuration(app["client_id"], api))
    except (BotoCoreError, ClientError) as error:
        sys.exit(str(error))
    url = stack["AppUrl"]
    print(f"The app is at {url}. At the issuer, allow these addresses for {app['client_id']}:")
    print(f"  callback {url}/callback, logout {url}/, web origin {url}")
    if {"*", url}.isdisjoint(origin.strip() for origin in api["AllowedOrigins"].split(",")):
        sys.exit(f"The API refuses the app. Add {url} to AllowedOrigins and run: make deploy ENV={name}")


def settings(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of an environment in samconfig.toml: those of both stacks, and the app's own."""
    document = tomllib.loads((PROJECT / "samconfig.toml").read_text())
    if name not in document:
        sys.exit(f"samconfig.toml has no environment {name!r}")
    shared, app = (document[name].get(key, {}).get("parameters", {}) for key in ("global", "app"))
    if app.get("stack_name") in {None, shared.get("stack_name")}:
        sys.exit(f"[{name}.app.parameters] in samconfig.toml needs a stack_name of its own")
    if app.get("client_id") in {None, "CLIENT_ID"}:
        sys.exit(f"Set client_id in [{name}.app.parameters] of samconfig.toml to the app's ID at the issuer")
    return shared, app


def stack_values(session: boto3.session.Session, stack: str) -> dict[str, str]:
    """Return a stack's parameters and outputs by name; empty if the stack does not exist."""
    try:
        (found,) = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", [])}
    return parameters | {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}


def configuration(client_id: str, api: Mapping[str, str]) -> dict[str, str]:
    """Return the content of config.json, which the app loads when it starts."""
    audience, url = api["Audience"], api["ApiUrl"]
    return {"issuer": api["TokenIssuer"], "clientId": client_id, "audience": audience, "api": url}


def deploy_stack(name: str, app: Mapping[str, Any], api: Mapping[str, str]) -> None:
    """Create or update the app's stack; its headers allow the origins of the API and the issuer."""
    addresses = {"ApiOrigin": api["ApiUrl"], "IssuerOrigin": api["TokenIssuer"]}
    origins = [f"{parameter}={'://'.join(urlsplit(url)[:2])}" for parameter, url in addresses.items()]
    run(
        *("sam", "deploy", "--config-file", str(PROJECT / "samconfig.toml"), "--config-env", name),
        *("--template-file", str(PROJECT / "app/template.yaml"), "--stack-name", app["stack_name"]),
        *("--parameter-overrides", *app.get("parameter_overrides", ()), *origins),
        *("--no-fail-on-empty-changeset", *(["--no-confirm-changeset"] if os.environ.get("CI") else [])),
    )


def run(*command: str) -> None:
    """Run a command in the foreground."""
    path = f"{PROJECT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    status = subprocess.run(command, cwd=PROJECT, env=os.environ | {"PATH": path}, check=False).returncode
    if status:
        sys.exit(f"`{command[0]} {command[1]}` failed with status {status}; see its output above")


def upload(session: Any, stack: Mapping[str, str], config: Mapping[str, str]) -> None:  # noqa: ANN401
    """Upload the built files, then invalidate CloudFront's copies. Old assets stay, for open pages."""
    dist, s3 = PROJECT / "app/dist", session.client("s3")
    files = {path.relative_to(dist).as_posix(): path.read_bytes() for path in dist.rglob("*.*")}
    files["config.json"] = json.dumps(config).encode()
    for name in sorted(files, key=upload_order):
        s3.put_object(Bucket=stack["BucketName"], Key=name, Body=files[name], **headers(name))
    print(f"Uploaded {len(files)} files to {stack['BucketName']}")
    batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid.uuid4())}
    session.client("cloudfront").create_invalidation(
        DistributionId=stack["DistributionId"], InvalidationBatch=batch
    )


def upload_order(name: str) -> tuple[bool, bool, str]:
    """Sort assets before the pages that load them, and the service worker, which caches all of them, last."""
    return not name.startswith("assets/"), name == "sw.js", name


def headers(name: str) -> dict[str, str]:
    """Return the S3 metadata of a file. The name of an asset has its content's hash, so it never changes."""
    kind = TYPES.guess_type(name)[0] or "application/octet-stream"
    return {
        "ContentType": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "CacheControl": "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache",
    }


if __name__ == "__main__":
    main()
