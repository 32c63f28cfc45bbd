"""MiniStack's DynamoDB in this process: it answers botocore's requests without a socket."""

import io
import threading
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from ministack.services import dynamodb

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


def answer(request: AWSPreparedRequest) -> AWSResponse:
    """Return MiniStack's response to a request of botocore."""
    operation: Any = request.headers["X-Amz-Target"]
    sent: Any = request.body
    status, fields, body = respond(operation.decode(), sent)
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(fields), Body(body))
