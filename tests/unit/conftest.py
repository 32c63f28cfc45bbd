"""What every unit test gets: closed sockets, a fixed environment, a fresh table."""

import copy
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml
from moto import mock_aws
from pytest_socket import disable_socket
from samcli.yamlhelper import yaml_parse

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PROJECT = Path(__file__).parents[2]

type Event = dict[str, Any]


@pytest.fixture(autouse=True)
def closed_sockets() -> None:
    disable_socket(allow_unix_socket=True)  # event loops wake themselves through one


class CurrentStdout(io.TextIOBase):
    """Whatever standard output is at the moment: pytest changes it, and loggers keep the first they saw."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Return what a function wrote to its log since last asked: records and metrics, a line each."""
    for handler in logging.getLogger(os.environ["POWERTOOLS_SERVICE_NAME"]).handlers:
        monkeypatch.setattr(handler, "stream", CurrentStdout())
    return lambda: capsys.readouterr().out


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """Return template.yaml as written, its short forms (`!Ref`) spelled out."""
    parsed: dict[str, Any] = yaml_parse((PROJECT / "template.yaml").read_text())
    return parsed


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    return document


@pytest.fixture(scope="session")
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb")


@pytest.fixture
def table(template: dict[str, Any], dynamodb: "DynamoDBClient") -> Iterator[None]:
    """Create the template's own table in moto."""
    properties = template["Resources"]["Table"]["Properties"]
    with mock_aws():
        dynamodb.create_table(
            TableName=os.environ["TABLE_NAME"],
            **{k: properties[k] for k in ("AttributeDefinitions", "KeySchema", "BillingMode")},
        )
        yield


@pytest.fixture(scope="session")
def _events() -> dict[str, Event]:
    return {path.stem: json.loads(path.read_text()) for path in (PROJECT / "events").glob("*.json")}


@pytest.fixture
def event(_events: dict[str, Event]) -> Callable[..., Event]:
    """Return a copy of a fixture in events/, changed where the test says."""

    def load(
        name: str,
        *,
        body: object = None,
        query: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
        **claims: str,
    ) -> Event:
        loaded = copy.deepcopy(_events[name])
        if body is not None:
            loaded["body"] = body if isinstance(body, str) else json.dumps(body)
        if query is not None:
            loaded["multiValueQueryStringParameters"] = query
        loaded["headers"] |= headers or {}
        loaded["requestContext"]["authorizer"] |= claims
        return loaded

    return load
