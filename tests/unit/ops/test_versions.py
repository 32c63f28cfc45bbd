"""Which function versions a deployment keeps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.environment import Environment
from ops.versions import delete_versions, live_versions, obsolete

ARN = "arn:aws:lambda:eu-west-1:123456789012:function"


@pytest.mark.parametrize(
    ("versions", "current", "live_before", "deleted"),
    [
        ([1], 1, None, []),
        ([1, 2], 2, 1, []),
        ([1, 2, 3], 3, 2, [1]),
        ([1, 2, 3], 2, 2, [3]),  # 3 is of a deployment that failed
        ([1, 2, 3, 4], 2, 2, [3, 4]),
        ([1, 2, 3], 3, 1, [2]),  # before this deployment, an operator had gone back to 1
        ([1, 2], 2, 2, []),  # this deployment did not change the function
        ([7], 7, 7, []),
    ],
)
def test_two_versions_stay(
    versions: list[int], current: int, live_before: int | None, deleted: list[int]
) -> None:
    assert obsolete(versions, current, live_before) == deleted


class Aws:
    """Answers for CloudFormation and Lambda, for a stack with one function."""

    def __init__(self) -> None:
        self.versions = ["$LATEST", "1", "2", "3"]
        self.live = "2"

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": "UPDATE_ROLLBACK_COMPLETE"}]}

    def get_paginator(self, operation: str) -> "Aws":
        self.operation = operation
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        version = {
            "LogicalResourceId": "V",
            "PhysicalResourceId": f"{ARN}:list:2",
            "ResourceType": "AWS::Lambda::Version",
        }
        if self.operation == "list_stack_resources":
            yield {"StackResourceSummaries": [version]}
        else:
            yield {"Versions": [{"Version": number} for number in self.versions]}

    def get_alias(self, **arguments: str) -> dict[str, str]:
        assert arguments == {"FunctionName": "list", "Name": "live"}
        return {"FunctionVersion": self.live}

    def delete_function(self, **arguments: str) -> None:
        assert arguments["FunctionName"] == "list"
        self.versions.remove(arguments["Qualifier"])


def test_versions_of_failed_deployments_are_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    monkeypatch.setattr(Environment, "client", lambda *_: aws)
    environment = Environment("prod", Path("samconfig.toml"), "timesheets-prod", "eu-west-1", None, {})
    delete_versions(environment, live_versions(environment))
    assert aws.versions == ["$LATEST", "1", "2"]
