"""Function versions of a stack: which can be rolled back to, and which to delete.

SAM retains every version. One that a failed deployment published makes the same commit fail again ("A version
for this Lambda function exists"), and with SnapStart each version costs money.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ops.environment import Environment

ALIAS: Final = "live"

type Numbers = Mapping[str, int]
"""Version numbers by function name."""


def live_versions(environment: Environment) -> Numbers:
    """Return the version that each function of the stack serves with."""
    client = environment.client("lambda")
    return {
        function: int(client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"])
        for function in _stack_versions(environment)
    }


def delete_versions(environment: Environment, live_before: Numbers) -> None:
    """Keep two versions of each function: the stack's, and the one to roll back to.

    Parameters
    ----------
    environment
        The stack.
    live_before
        The versions that served before this deployment.

    """
    client = environment.client("lambda")
    for function, current in _stack_versions(environment).items():
        pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
        numbers = [one["Version"] for page in pages for one in page["Versions"]]
        versions = [int(number) for number in numbers if number.isdecimal()]  # not $LATEST
        for version in obsolete(versions, current, live_before.get(function)):
            client.delete_function(FunctionName=function, Qualifier=str(version))


def obsolete(versions: Iterable[int], current: int, live_before: int | None) -> list[int]:
    """Return the versions to delete.

    A version newer than the stack's was published by a deployment that failed. The one to roll back to is the
    version that served before this deployment or, if that is the stack's own, the newest before it.
    """
    versions = sorted(versions)
    older = [version for version in versions if version < current]
    previous = live_before if live_before in older else max(older, default=None)
    return [version for version in versions if version not in {current, previous}]


def _stack_versions(environment: Environment) -> Numbers:
    """Return each function's version in the stack, from ARNs such as arn:...:function:NAME:41."""
    if not environment.describe():
        return {}
    arns = environment.resources("AWS::Lambda::Version").values()
    return {name: int(number) for *_, name, number in (arn.split(":") for arn in arns)}
