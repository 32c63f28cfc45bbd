"""What each function calls, read from the code, against what its policy allows: neither less nor more."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layers import botocore_data
from tests.support import PROJECT
from timesheets.store import items

HANDLERS = sorted((PROJECT / "handlers").glob("*.py"))
SHARED = PROJECT / "layers/shared/timesheets"

# DynamoDB asks for the rights of what a transaction is made of, and for none of its own.
IN_TRANSACTIONS = {"Put": "dynamodb:PutItem", "Delete": "dynamodb:DeleteItem"}
INDEXES = {"BY_DATE": items.BY_DATE, "PENDING": items.PENDING}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def calls(node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """Yield each method that is called, with its arguments."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            yield call.func.attr, call.args


def action(service: str, method: str) -> str:
    """Return IAM's name for what a client's method does: `dynamodb:GetItem` for `get_item`."""
    return f"{service}:{method.title().replace('_', '')}"


def by_store_method() -> dict[str, set[str]]:
    """Return what each of the store's methods does in DynamoDB, by itself and through the others."""
    (store,) = (
        n
        for n in parsed(SHARED / "store/entries.py").body
        if isinstance(n, ast.ClassDef) and n.name == "Store"
    )
    methods = {node.name: node for node in store.body if isinstance(node, ast.FunctionDef)}

    def reached(name: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        transacts = any(called == "_transact" for called, _ in calls(methods[name]))
        for called, arguments in calls(methods[name]):
            named = {str(a.value) for a in arguments[:1] if isinstance(a, ast.Constant)}
            if called in {"_call", "_write"}:
                # Which index a query reads, those say that call `_read`; what a transaction does, its parts.
                yield from (action("dynamodb", one) for one in named - {"query", "transact_write_items"})
            if called == "_read":
                (index,) = {INDEXES[a.id] for a in arguments if isinstance(a, ast.Name) and a.id in INDEXES}
                yield f"dynamodb:Query {index}"
            if called in methods.keys() - seen - {name}:
                yield from reached(called, seen | {name})
        for node in ast.walk(methods[name]) if transacts else ():
            if isinstance(node, ast.Dict):
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                yield from (IN_TRANSACTIONS[str(key)] for key in keys & IN_TRANSACTIONS.keys())

    return {name: set(reached(name)) for name in methods}


def store_methods_used(path: Path) -> Iterator[str]:
    """Yield the methods of the store that a module, or what it imports of ours, mentions."""
    module = parsed(path)
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if name in {"store", "_store"}:
                yield node.attr
        if isinstance(node, ast.ImportFrom) and (node.module or "") == "timesheets.bulk.upload":
            yield from store_methods_used(SHARED / "bulk/upload.py")


def called_by(path: Path) -> set[str]:
    """Return the actions that a handler's code comes to."""
    store = by_store_method()
    found = set[str]().union(*(store[name] for name in store_methods_used(path)))
    return found | {action("events", name) for name, _ in calls(parsed(path)) if name == "put_events"}


def allowed_to(function: dict[str, Any]) -> set[str]:
    """Return the actions that a function's policies allow; for an index, with its name."""
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
    """Return the index that a statement is about, having checked that it is about nothing else of ours."""
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
def test_a_function_may_do_what_its_code_does_and_no_more(
    path: Path, functions: dict[str, dict[str, Any]]
) -> None:
    called = called_by(path)
    assert called, "a handler that does nothing? then this test reads the code wrongly"
    assert allowed_to(functions[path.stem]) == called


def test_the_authorizer_may_read_its_secret_alone(functions: dict[str, dict[str, Any]]) -> None:
    """Which it reads through Powertools; that it calls AWS nowhere else, its imports say."""
    named = " ".join(path.read_text() for path in (PROJECT / "authorizer").rglob("*.py"))
    assert set(re.findall(r"\b(\w+)Provider\(", named)) == {"Secrets"}
    assert not re.findall(r"boto3|create_client", named)
    assert allowed_to(functions["app"]) == {"secretsmanager:GetSecretValue", "kms:Decrypt"}


def test_the_code_says_of_each_method_what_is_known_of_it() -> None:
    """So that a reading of the code that finds nothing can't pass."""
    store = by_store_method()
    assert store["find_own"] == {"dynamodb:GetItem"}
    assert store["entries_of"] == {"dynamodb:Query by_date"}
    assert store["remove"] == {"dynamodb:PutItem", "dynamodb:DeleteItem"}
    assert store["replace_imported"] == {"dynamodb:PutItem", "dynamodb:DeleteItem"}


def test_what_botocore_knows_of_dynamodb_is_what_the_functions_call() -> None:
    called = {one.split()[0] for path in HANDLERS for one in called_by(path) if one.startswith("dynamodb:")}
    assert {f"dynamodb:{one}" for one in botocore_data.OPERATIONS} == called | {"dynamodb:TransactWriteItems"}
