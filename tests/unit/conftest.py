"""Fixtures of all unit tests: closed sockets, the log, calls of handlers, a new table."""

import importlib
import io
import json
import logging
import os
import ssl
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from botocore.httpsession import URLLib3Session
from botocore.signers import RequestSigner
from ministack.services import dynamodb as dynamodb_service
from pytest_socket import disable_socket

from tests.ministack import answer, respond
from tests.support import Event, table_definition
from tests.unit import aws
from tests.unit.support import Answer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(autouse=True)
def closed_sockets() -> None:
    disable_socket(allow_unix_socket=True)  # event loops wake themselves through one


@pytest.fixture(scope="session", autouse=True)
def one_trust_store() -> Iterator[None]:
    """Read the certificates of authorities once; each HTTP client would, though none connects."""
    with patch.object(ssl, "create_default_context", cache(ssl.create_default_context)):
        yield


class CurrentStdout(io.TextIOBase):
    """The current standard output: pytest replaces it, and loggers keep the first one."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Return a function that returns the new lines of the log: records and metrics."""
    for handler in logging.getLogger(os.environ["POWERTOOLS_SERVICE_NAME"]).handlers:
        monkeypatch.setattr(handler, "stream", CurrentStdout())
    return lambda: capsys.readouterr().out


@pytest.fixture
def call(event: Callable[..., Event]) -> Callable[..., Answer]:
    """Return a function that calls a handler with its event in events/, with changes."""

    def call_handler(name: str, entry_id: str | None = None, **changes: Any) -> Answer:
        if entry_id is not None:
            changes["path"] = {"id": entry_id}
        handler = importlib.import_module(f"handlers.{name}").lambda_handler
        answer = handler(event(name, **changes), None)
        return Answer(answer["statusCode"], answer["headers"], answer.get("body"))

    return call_handler


@pytest.fixture(scope="session")
def dynamodb() -> "DynamoDBClient":
    return aws.CLIENT


@pytest.fixture(scope="module", autouse=True)
def aws_in_this_process() -> Iterator[None]:
    """Answer requests to AWS in this process, in the unit tests only: others may run in the same one."""
    unsigned = patch.object(RequestSigner, "sign")  # MiniStack does not check signatures
    with patch.object(URLLib3Session, "send", lambda _, request: answer(request)), unsigned:
        yield


@pytest.fixture(scope="session")
def table_request(template: dict[str, Any]) -> bytes:
    """Return the body of the request that creates the template's table."""
    return json.dumps({"TableName": os.environ["TABLE_NAME"], **table_definition(template)}).encode()


@pytest.fixture
def table(table_request: bytes) -> None:
    """Create the table in MiniStack; without botocore, because most tests do it."""
    dynamodb_service.reset()
    respond("DynamoDB_20120810.CreateTable", table_request)
