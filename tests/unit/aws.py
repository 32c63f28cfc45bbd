"""DynamoDB in this process: MiniStack's service answers botocore's requests without a socket."""

import io
import threading
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.loaders import JSONFileLoader, Loader
from botocore.useragent import UserAgentString
from ministack.services import dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Each handler has a session, which would look for botocore's models and load them again.
JSONFileLoader.load_file = staticmethod(cache(JSONFileLoader().load_file))  # type: ignore[method-assign]
Loader.list_available_services = staticmethod(cache(Loader().list_available_services))  # type: ignore[method-assign]
# Each request would compose it again.
UserAgentString.to_string = lambda _: "Boto3"  # type: ignore[assignment, method-assign]

CLIENT: "DynamoDBClient" = boto3.client("dynamodb")

_one_at_a_time = threading.Lock()


class Body(io.BytesIO):
    """A response's body, as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        """Yield the whole body."""
        yield self.read()


def respond(operation: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of MiniStack's response.

    MiniStack runs the service in one thread. It is a coroutine that never waits.
    """
    with _one_at_a_time:
        try:
            dynamodb.handle_request("POST", "/", {"x-amz-target": operation}, body, {}).send(None)
        except StopIteration as answer:
            response: tuple[int, dict[str, str], bytes] = answer.value
    return response


def send(_: object, request: AWSPreparedRequest) -> AWSResponse:
    """Return MiniStack's response to a request of botocore; replaces `URLLib3Session.send`."""
    operation: Any = request.headers["X-Amz-Target"]
    sent: Any = request.body
    status, fields, body = respond(operation.decode(), sent)
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(fields), Body(body))
