"""Fixtures of all unit tests: closed sockets, the log, calls of handlers, a new table."""

import importlib
import io
import logging
import os
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import MockAWS
from moto.dynamodb.models.dynamo_type import Item
from pytest_socket import disable_socket

from tests.support import Event, table_definition
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
    return boto3.client("dynamodb")


@pytest.fixture(scope="session")
def aws() -> Iterator[MockAWS]:
    """Mock AWS from the first test on that uses a table, one call at a time.

    moto copies the table before each transaction, which is not safe among threads, and slow unless the copies
    share their values. moto changes no value in place.
    """
    lock, process = threading.Lock(), BotocoreStubber.process_request

    def alone(stubber: BotocoreStubber, request: Any) -> Any:
        with lock:
            return process(stubber, request)

    def shallow(item: Item, _: object) -> Item:
        copied = copy(item)
        copied.attrs = copy(item.attrs)
        return copied

    with (
        mock_aws() as mock,
        patch.object(BotocoreStubber, "process_request", alone),
        patch.object(Item, "__deepcopy__", shallow, create=True),
    ):
        yield mock


@pytest.fixture
def table(template: dict[str, Any], dynamodb: "DynamoDBClient", aws: MockAWS) -> None:
    """Create the template's table in moto."""
    aws.reset()
    dynamodb.create_table(TableName=os.environ["TABLE_NAME"], **table_definition(template))
