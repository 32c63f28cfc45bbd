"""Deploy the app: build it, deploy app/template.yaml, upload the files and invalidate CloudFront's copies.

The addresses of the API and the issuer come from the API's stack, so `make deploy` comes first.
Exit status: 0 on success, 1 if a check or a step failed, 2 for wrong usage.
"""

import json
import os
import sys
import uuid
from collections.abc import Mapping
from mimetypes import MimeTypes
from typing import Final
from urllib.parse import urlsplit

from ops.deploy import run, sam_deploy
from ops.environment import PROJECT, Environment, StepFailed, command, command_parser, parse

TYPES: Final = MimeTypes()


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = command_parser("make deploy-app ENV=dev")
    api, app = (parse(parser, arguments, section)[1] for section in ("deploy", "app"))
    section = f"[{app.name}.app.parameters] of {app.config_file.name}"
    if app.stack == api.stack:
        parser.error(f"{section} needs a stack_name of its own")
    if app.client_id in {None, "CLIENT_ID"}:
        parser.error(f"Set client_id in {section} to the app's ID at the issuer")
    values = api.deployed() | api.outputs()
    if "ApiUrl" not in values:
        raise StepFailed(f"There is no stack {api.stack}; run: make deploy ENV={api.name}")
    run(["make", "app-build"], "Nothing was deployed.")
    deploy_stack(app, values)
    upload(app, values)
    url = app.outputs()["AppUrl"]
    print(f"The app is at {url}. At the issuer, allow these addresses for {app.client_id}:")
    print(f"  callback {url}/callback, logout {url}/, web origin {url}")
    if {"*", url}.isdisjoint(values["AllowedOrigins"].split(",")):
        raise StepFailed(f"The API refuses the app. Add {url} to AllowedOrigins and deploy the API.")
    return 0


def deploy_stack(app: Environment, api: Mapping[str, str]) -> None:
    """Create or update the app's stack; its headers allow the origins of the API and the issuer."""
    addresses = {"ApiOrigin": api["ApiUrl"], "IssuerOrigin": api["TokenIssuer"]}
    origins = {name: "://".join(urlsplit(url)[:2]) for name, url in addresses.items()}
    template = ["--template-file", str(PROJECT / "app/template.yaml"), "--no-fail-on-empty-changeset"]
    sam_deploy(app, {**app.parameters, **origins}, *template, ask=not os.environ.get("CI"))


def upload(app: Environment, api: Mapping[str, str]) -> None:
    """Upload the built files, then invalidate CloudFront's copies. Old assets stay, for open pages."""
    dist, s3, stack = PROJECT / "app/dist", app.client("s3"), app.outputs()
    files = {path.relative_to(dist).as_posix(): path.read_bytes() for path in dist.rglob("*.*")}
    config = {"issuer": api["TokenIssuer"], "clientId": app.client_id, "audience": api["Audience"]}
    files["config.json"] = json.dumps(config | {"api": api["ApiUrl"]}).encode()  # the app loads it at start
    for name in sorted(files, key=upload_order):
        s3.put_object(Bucket=stack["BucketName"], Key=name, Body=files[name], **headers(name))
    print(f"Uploaded {len(files)} files to {stack['BucketName']}")
    cloudfront, distribution = app.client("cloudfront"), stack["DistributionId"]
    batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid.uuid4())}
    cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)


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
    sys.exit(main())
