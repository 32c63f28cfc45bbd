"""The deployed stage of the API: where MiniStack serves it, and its own 503 response."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import httpx2 as httpx
from starlette.responses import Response

from local import aws
from local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import GatewayResponseResponseTypeDef


@dataclass(frozen=True)
class Stage:
    """One stage of one REST API."""

    host: bytes
    """The `Host` by which MiniStack knows the API."""
    prefix: bytes
    """The first part of every path."""
    failure: "GatewayResponseResponseTypeDef"
    """The template's gateway response INTEGRATION_FAILURE."""

    NO_API: ClassVar = b'{"message": "Not Found"}'
    """MiniStack's body for an API that does not exist."""

    def unavailable(self) -> Response:
        """Return the response that API Gateway gives in place of a function that failed to run."""
        response = Response(
            self.failure["responseTemplates"]["application/json"], int(self.failure["statusCode"])
        )
        for name, value in self.failure["responseParameters"].items():
            # Such as `gatewayresponse.header.Retry-After: "'1'"`.
            response.headers[name.rpartition(".")[2]] = value.strip("'")
        return response


def deployed_stage(settings: Settings) -> Stage:
    """Read the stage from the deployed stack."""
    api_id = aws.output(settings, "ApiId")
    name = aws.output(settings, "ApiUrl").rpartition("/")[2]
    gateway: APIGatewayClient = aws.session(settings).client("apigateway", endpoint_url=settings.aws_url)
    return Stage(
        host=f"{api_id}.execute-api.localhost:{httpx.URL(settings.aws_url).port}".encode(),
        prefix=f"/{name}".encode(),
        failure=gateway.get_gateway_response(restApiId=api_id, responseType="INTEGRATION_FAILURE"),
    )
