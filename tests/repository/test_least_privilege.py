"""Each function's policy allows exactly the actions that its code calls."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from layers import botocore_data
from tests.support import PROJECT
from timesheets.store import items, log

HANDLERS = sorted((PROJECT / "handlers").glob("*.py"))
SHARED = PROJECT / "layers/shared/timesheets"

INDEXES = {"BY_DATE": items.BY_DATE, "PENDING": items.PENDING, "CHANGES": log.CHANGES, "None": ""}

# A transaction needs the permissions of its actions and none of its own.
ACTIONS = {
    "self._table.get": "dynamodb:GetItem",
    "self._table.get_many": "dynamodb:BatchGetItem",
    "put": "dynamodb:PutItem",
    "log": "dynamodb:PutItem",
    "update": "dynamodb:UpdateItem",
    "delete": "dynamodb:DeleteItem",
}
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
"""Permissions that transactions need; no function calls the operations of these names."""


@cache
def actions_of(module: str) -> dict[str, set[str]]:
    """Return the actions of each method of a module's class in the store, with the functions it calls."""
    body = ast.parse((SHARED / f"store/{module}.py").read_text()).body
    (cls,) = (node for node in body if isinstance(node, ast.ClassDef) and node.name == module.capitalize())
    methods = {f"self.{node.name}": node for node in cls.body if isinstance(node, ast.FunctionDef)}
    functions = methods | {node.name: node for node in body if isinstance(node, ast.FunctionDef)}

    def reached(name: str) -> Iterator[str]:
        for call in ast.walk(functions[name]):
            if isinstance(call, ast.Call):
                called = ast.unparse(call.func)
                if called in ACTIONS:
                    yield ACTIONS[called]
                elif called in {"self._read", "self._newest", "self._table.query"}:
                    yield from (
                        f"dynamodb:Query {INDEXES[n]}".strip()
                        for n in map(ast.unparse, call.args)
                        if n in INDEXES
                    )
                elif called.startswith("self._entries."):
                    yield from actions_of("entries")[called.removeprefix("self._entries.")]
                elif called in functions.keys() - {name}:
                    yield from reached(called)

    return {name.removeprefix("self."): set(reached(name)) for name in methods}


@cache
def called_by(path: Path) -> set[str]:
    """Return the actions of a handler's code, and of the modules of bulk/ and stream/ that it imports."""
    source = path.read_text()
    for folder, module in re.findall(r"from timesheets\.(bulk|stream)\.(\w+) import", source):
        source += (SHARED / folder / f"{module}.py").read_text()
    modules = ("entries", "imports", "changes", "people", "weeks", "reminders")
    store = {module: actions_of(module) for module in modules}
    found = set[str]()
    for module, method in re.findall(rf"\b_?({'|'.join(store)})\.(\w+)", source):
        found |= store[module].get(method, set())
    return found | ({"events:PutEvents"} if ".put_events(" in source else set())


def allowed_to(function: dict[str, Any]) -> set[str]:
    """Return the actions that a function's policies allow, with the index's name for an index."""
    allowed = set()
    for policy in function.get("Policies", []):
        _condition, given, _otherwise = policy.get("Fn::If", (None, policy, None))
        for statement in given["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            actions = statement["Action"]
            for one in [actions] if isinstance(actions, str) else actions:
                assert "*" not in one
                allowed.add(one + index_in(statement["Resource"], one))
    return allowed


def index_in(resource: dict[str, Any], action: str) -> str:
    """Return the index that a statement allows; check that it allows no other resource."""
    ours = {
        "secretsmanager": {"Ref": "TokenSecretArn"},
        "kms": {"Ref": "TokenSecretKeyArn"},
        "events": {"Fn::GetAtt": ["EventBus", "Arn"]},
        "dynamodb": {"Fn::GetAtt": ["Table", "Arn"]},
    }
    if resource == ours[action.partition(":")[0]]:
        return ""
    index = re.fullmatch(r"\$\{Table\.Arn\}/index/(\w+)", resource["Fn::Sub"])
    assert index
    return f" {index[1]}"


@pytest.fixture(scope="module")
def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the functions' properties by their module."""
    return {
        resource["Properties"]["Handler"].partition(".")[0]: resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.stem)
def test_a_policy_allows_the_calls_of_its_function_and_no_more(
    path: Path, functions: dict[str, dict[str, Any]]
) -> None:
    called = called_by(path)
    assert called, "no calls found: this test reads the code wrongly"
    assert allowed_to(functions[path.stem]) == called


def test_the_authorizer_may_only_read_its_secret(functions: dict[str, dict[str, Any]]) -> None:
    """It reads the secret through Powertools and calls AWS in no other way."""
    named = " ".join(path.read_text() for path in (PROJECT / "authorizer").rglob("*.py"))
    assert set(re.findall(r"\b(\w+)Provider\(", named)) == {"Secrets"}
    assert not re.findall(r"boto3|create_client", named)
    assert allowed_to(functions["app"]) == {"secretsmanager:GetSecretValue", "kms:Decrypt"}


def test_the_actions_of_known_methods_are_read() -> None:
    """Guard against a reading of the code that finds nothing."""
    entries, imports = actions_of("entries"), actions_of("imports")
    assert entries["find_own"] == {"dynamodb:GetItem"}
    assert entries["entries_of"] == {"dynamodb:Query by_date"}
    assert entries["remove"] == {"dynamodb:PutItem", "dynamodb:DeleteItem"}
    assert actions_of("weeks")["find"] == {"dynamodb:GetItem", "dynamodb:Query by_date"}
    assert imports["find_many"] == {"dynamodb:BatchGetItem"}
    assert imports["replace"] == {"dynamodb:PutItem", "dynamodb:DeleteItem"}


def test_the_reduced_botocore_model_has_each_called_operation() -> None:
    called = {one.split()[0] for path in HANDLERS for one in called_by(path) if one.startswith("dynamodb:")}
    reads = called - WRITES
    assert {f"dynamodb:{one}" for one in botocore_data.OPERATIONS} == reads | {"dynamodb:TransactWriteItems"}
