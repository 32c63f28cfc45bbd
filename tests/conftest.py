"""Fixtures of all tests: the environment, the template, the events and an issuer of tokens."""

import copy
import json
import os
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
import yaml
from samcli.yamlhelper import yaml_parse
from xdist.scheduler import LoadFileScheduling

from tests.support import LONG, PROJECT, Event, Issuer

# Functions read their environment at import.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "TABLE_NAME": "timesheets",
    "ALLOWED_ORIGINS": "*",
    "CURSOR_SECRET": "a secret of the tests",
    "EVENT_BUS_NAME": "timesheets",
    "TIME_ZONE": "Europe/Berlin",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Timesheets",
    "SAM_CLI_TELEMETRY": "0",  # the tests use SAM CLI's classes, which report usage
}

# libyaml parses a template in 20 ms, PyYAML itself in 200.
yaml.SafeLoader = yaml.CSafeLoader  # type: ignore[assignment, misc]

# A busy machine must not fail a test, so neither an example nor its generation has a time limit.
hypothesis.settings.register_profile(
    "project",
    max_examples=100 if LONG else 15,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("project")


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """Return template.yaml with its short forms (`!Ref`) expanded."""
    parsed: dict[str, Any] = yaml_parse((PROJECT / "template.yaml").read_text())
    return parsed


@pytest.fixture(scope="session")
def _events() -> dict[str, Event]:
    return {path.stem: json.loads(path.read_text()) for path in (PROJECT / "events").glob("*.json")}


@pytest.fixture
def event(_events: dict[str, Event]) -> Callable[..., Event]:
    """Return a function that loads a fixture of events/ and changes it."""

    def load(
        name: str,
        *,
        body: object = None,
        query: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
        path: dict[str, str] | None = None,
        **claims: str,
    ) -> Event:
        loaded = copy.deepcopy(_events[name])
        if body is not None:
            loaded["body"] = body if isinstance(body, str) else json.dumps(body)
        if query is not None:
            loaded["multiValueQueryStringParameters"] = query
        loaded["headers"] |= headers or {}
        loaded["multiValueHeaders"] |= {name: [value] for name, value in (headers or {}).items()}
        if path is not None:
            loaded["pathParameters"] = path
        loaded["requestContext"]["authorizer"] |= claims
        return loaded

    return load


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    return document


ONE_WORKER = ("tests/local/rehearsal/", "tests/browser/clients/")
"""Folders whose tests share something that takes long to make, so that one worker runs them all."""


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each file to one worker, and all files of a folder in `ONE_WORKER` to the same one.

    Each worker deploys a stack of its own for the files of tests/local/, so that two processors are busy.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((folder for folder in ONE_WORKER if file.startswith(folder)), file)


# The option --dist=loadgroup of pytest-xdist 3.8 has no effect with pytest 9.2 (pytest-xdist issue 1386).
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    return FileScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tests unless `LONG` is set."""
    if not LONG:
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
