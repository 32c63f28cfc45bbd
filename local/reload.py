"""Serve saved code: publish new versions of the changed functions while the stack runs."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from local import aws
from local.build import DEPLOYED, Artefact, refresh, source_files
from local.settings import PROJECT, Settings

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient

ALIAS: Final = "live"
AUTHORIZER: Final = "AuthorizerFunction"
SETTLE: Final = 0.05
"""Seconds between two looks at the sources; a save is complete once both show the same."""
WORKERS: Final = 4
"""Functions that are updated at the same time."""


class Reloader:
    """Deploys saved code to a running stack."""

    def __init__(self, settings: Settings) -> None:
        """Take the present sources for the deployed ones."""
        session, url = aws.session(settings), settings.aws_url
        self._stack_name = settings.stack_name
        self._cloudformation: CloudFormationClient = session.client("cloudformation", endpoint_url=url)
        self._gateway: APIGatewayClient = session.client("apigateway", endpoint_url=url)
        self._lambda: LambdaClient = session.client("lambda", endpoint_url=url)
        self._files = source_files()

    def poll(self) -> None:
        """Deploy the code that was saved since the last call, and print the result."""
        files = source_files()
        if files == self._files:
            return
        time.sleep(SETTLE)
        while files != (again := source_files()):
            files = again
            time.sleep(SETTLE)
        changed = sorted({path for path, _ in files.items() ^ self._files.items()})
        self._files = files
        deployed = [path for path in changed if path.name in DEPLOYED or path.parent == PROJECT]
        for path in deployed:
            print(f"{_name(path)} changed: run `make reload` to deploy it", flush=True)
        if code := [path for path in changed if path not in deployed]:
            self._reload(code)

    def _reload(self, changed: Sequence[Path]) -> None:
        started = time.monotonic()
        names = ", ".join(map(_name, changed))
        try:
            self._publish(refresh(changed))
        except SyntaxError as error:
            print(
                f"{error.filename}:{error.lineno}: {error.msg}. The previous code keeps serving.", flush=True
            )
        except ClientError as error:
            print(f"{names}: not reloaded. {error}", flush=True)
        else:
            print(f"{names}: reloaded in {time.monotonic() - started:.1f} s", flush=True)

    def _publish(self, stale: Iterable[Artefact]) -> None:
        """Put changed artefacts into service; a changed layer concerns every function."""
        functions = self._physical_ids("AWS::Lambda::Function")
        layers = [self._publish_layer(artefact) for artefact in stale if not artefact.module]
        code = {artefact.name: artefact for artefact in stale if artefact.module}
        names = list(functions if layers else code)
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda name: self._update(functions[name], code.get(name), layers), names))
        if AUTHORIZER in names:
            self._stop_caching_policies()

    def _publish_layer(self, layer: Artefact) -> str:
        # SAM adds a hash to a layer's logical id; its physical id is the ARN of one version.
        versions = self._physical_ids("AWS::Lambda::LayerVersion")
        arn = next(arn for name, arn in versions.items() if name.startswith(layer.name))
        published = self._lambda.publish_layer_version(
            LayerName=arn.split(":")[-2], Content={"ZipFile": layer.archive()}
        )
        return published["LayerVersionArn"]

    def _update(self, function: str, code: Artefact | None, layers: Sequence[str]) -> None:
        """Publish a version with new code, new layers or both, and point the alias at it."""
        if layers:
            self._lambda.update_function_configuration(FunctionName=function, Layers=layers)
        if code:
            self._lambda.update_function_code(FunctionName=function, ZipFile=code.archive())
        previous = self._lambda.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
        version = self._lambda.publish_version(FunctionName=function)["Version"]
        self._lambda.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=version)
        # Each version keeps a process of its own. The previous one may have requests in flight.
        for old in self._lambda.list_versions_by_function(FunctionName=function)["Versions"]:
            if old["Version"] not in {"$LATEST", previous, version}:
                self._lambda.delete_function(FunctionName=function, Qualifier=old["Version"])

    def _stop_caching_policies(self) -> None:
        """Let every request meet the new authorizer: MiniStack cannot flush the cached policies."""
        (api_id,) = self._physical_ids("AWS::ApiGateway::RestApi").values()
        for authorizer in self._gateway.get_authorizers(restApiId=api_id)["items"]:
            self._gateway.update_authorizer(
                restApiId=api_id,
                authorizerId=authorizer["id"],
                patchOperations=[{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "0"}],
            )

    def _physical_ids(self, kind: str) -> dict[str, str]:
        """Return the stack's resources of one type: physical ids by logical ids."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=self._stack_name
        )
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == kind
        }


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()
