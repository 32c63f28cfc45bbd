"""Fixtures for the store's tests on three engines: MiniStack, moto and DynamoDB Local."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto import mock_aws

from local.dynamodb_local import dynamodb_local
from local.settings import LocalError
from tests.ministack import answer
from tests.store.support import AMAZONS_OWN
from tests.support import table_definition
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.log import LOG_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def ministack() -> "DynamoDBClient":
    """Return a client of MiniStack in this process: sockets would take more than half of the time."""
    client = boto3.client("dynamodb", config=Config(signature_version=UNSIGNED))

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        time.sleep(0)  # lets another thread run, as a socket does
        return answer(request)

    client.meta.events.register("before-send.dynamodb", send)  # type: ignore[arg-type]  # its stub expects observers only
    return client


@pytest.fixture(scope="session")
def amazons_own() -> Iterator["DynamoDBClient"]:
    try:
        # Java uses its quick compiler and its simple collector: the others cost more than a short run gains.
        with dynamodb_local("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC") as url:
            yield boto3.client("dynamodb", endpoint_url=url, config=Config(max_pool_connections=50))
    except LocalError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def moto() -> Iterator["DynamoDBClient"]:
    with mock_aws():
        yield boto3.client("dynamodb")


@pytest.fixture(params=["ministack", *AMAZONS_OWN])
def client(request: pytest.FixtureRequest) -> "DynamoDBClient":
    found: DynamoDBClient = request.getfixturevalue(request.param)
    return found


_tables = itertools.count()


@pytest.fixture
def table(client: "DynamoDBClient", template: dict[str, Any]) -> Iterator[str]:
    """Create the template's table for one test."""
    name = f"timesheets-{next(_tables)}"
    client.create_table(TableName=name, **table_definition(template))
    yield name
    client.delete_table(TableName=name)


@pytest.fixture
def database(client: "DynamoDBClient", table: str) -> Table:
    return Table(client, table)


@pytest.fixture
def store(database: Table) -> Entries:
    return Entries(database)


@pytest.fixture
def imports(database: Table) -> Imports:
    return Imports(database)


@pytest.fixture
def items(client: "DynamoDBClient", table: str) -> Callable[[], list[Any]]:
    """Return a function that returns all items of the table but the log's."""
    return lambda: [
        item
        for item in client.scan(TableName=table, ConsistentRead=True)["Items"]
        if not item["SK"]["S"].startswith(LOG_PREFIX)
    ]
