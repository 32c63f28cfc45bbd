"""Serve saved code: publish new versions of the changed functions while the stack runs."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from local import aws
from local.build import REQUIREMENTS, Artefact, artefacts, refresh, source_files
from local.settings import PROJECT, Settings

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

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
        self._settings = settings
        self._cloudformation: CloudFormationClient = session.client("cloudformation", endpoint_url=url)
        self._gateway: APIGatewayClient = session.client("apigateway", endpoint_url=url)
        self._lambda: LambdaClient = session.client("lambda", endpoint_url=url)
        self._s3: S3Client = session.client("s3", endpoint_url=url)
        self._files = source_files()
        self._versions: dict[str, list[str]] = {}
        """The versions that this object published, by function, oldest first."""

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
        sources = [artefact.source for artefact in artefacts()]
        code = []
        for path in changed:
            if path.name != REQUIREMENTS and any(map(path.is_relative_to, sources)):
                code.append(path)
            else:
                print(f"{_name(path)} changed: run `make reload` to deploy it", flush=True)
        if code:
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
            self._delete_old_versions()

    def _publish(self, stale: Iterable[Artefact]) -> None:
        """Put changed artefacts into service; a changed layer concerns every function."""
        resources = self._physical_ids()
        functions = resources["AWS::Lambda::Function"]
        published = resources["AWS::Lambda::LayerVersion"]
        layers = [self._publish_layer(artefact, published) for artefact in stale if not artefact.module]
        code = {artefact.name: artefact for artefact in stale if artefact.name in functions}
        names = list(functions if layers else code)
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda name: self._update(functions[name], code.get(name), layers), names))
        if AUTHORIZER in names:
            (api_id,) = resources["AWS::ApiGateway::RestApi"].values()
            self._stop_caching_policies(api_id)

    @cached_property
    def _bucket(self) -> str:
        return aws.artefact_bucket(self._settings)

    def _publish_layer(self, layer: Artefact, versions: Mapping[str, str]) -> str:
        # SAM adds a hash to a layer's logical id; its physical id is the ARN of one version.
        arn = next(arn for name, arn in versions.items() if name.startswith(layer.name))
        published = self._lambda.publish_layer_version(
            LayerName=arn.split(":")[-2], Content={"S3Bucket": self._bucket, "S3Key": self._upload(layer)}
        )
        return published["LayerVersionArn"]

    def _upload(self, artefact: Artefact) -> str:
        """Upload an artefact and return its key in the bucket; sending it as JSON takes longer."""
        key = f"reload/{artefact.name}.zip"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=artefact.archive())
        return key

    def _update(self, function: str, code: Artefact | None, layers: Sequence[str]) -> None:
        """Publish a version with new code, new layers or both, and point the alias at it."""
        if layers:
            self._lambda.update_function_configuration(FunctionName=function, Layers=layers)
        if code:
            key = self._upload(code)
            self._lambda.update_function_code(FunctionName=function, S3Bucket=self._bucket, S3Key=key)
        version = self._lambda.publish_version(FunctionName=function)["Version"]
        self._lambda.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=version)
        self._versions.setdefault(function, []).append(version)

    def _delete_old_versions(self) -> None:
        """Keep the live version and the previous one, because MiniStack keeps a process for each."""
        for function, versions in self._versions.items():
            for version in versions[:-2]:
                with suppress(ClientError):  # a deployment may have deleted it
                    self._lambda.delete_function(FunctionName=function, Qualifier=version)
            del versions[:-2]

    def _stop_caching_policies(self, api_id: str) -> None:
        """Let every request meet the new authorizer: MiniStack cannot flush the cached policies."""
        for authorizer in self._gateway.get_authorizers(restApiId=api_id)["items"]:
            self._gateway.update_authorizer(
                restApiId=api_id,
                authorizerId=authorizer["id"],
                patchOperations=[{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "0"}],
            )

    def _physical_ids(self) -> dict[str, dict[str, str]]:
        """Return the stack's resources by type: physical ids by logical ids."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=self._settings.stack_name
        )
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for page in pages:
            for resource in page["StackResourceSummaries"]:
                found[resource["ResourceType"]][resource["LogicalResourceId"]] = resource[
                    "PhysicalResourceId"
                ]
        return found


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()
