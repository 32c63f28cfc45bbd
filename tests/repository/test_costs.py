"""The standing cost in docs/scaling.md, computed from the transformed template at us-east-1's prices."""

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.repository.transform import of_type, transform, transformed
from tests.support import PROJECT

type Row = tuple[str, int, Decimal]
"""A name, a number, and the price of each a month."""

PRICES = {
    "AWS::CloudWatch::Alarm": ("alarm", Decimal("0.10")),
    "AWS::CloudWatch::Dashboard": ("dashboard", Decimal("3.00")),
    "AWS::SecretsManager::Secret": ("secret", Decimal("0.40")),
}
DETAILED_METRICS = 7
"""Metrics that a method has in CloudWatch if its detailed metrics are on."""
METRIC = Decimal("0.30")
VERSIONS = 2
"""Versions of a function that are kept: the one that `live` points to, and the one before it."""
SNAPSHOT = Decimal("0.0000015046")
"""SnapStart, for one GB in its cache for one second."""
MONTH = 730 * 3600
"""Seconds."""
WEB_ACL = Decimal("5.00")
WEB_ACL_RULE = Decimal("1.00")

# These cost nothing without requests, or a price by the gigabyte stored or the request.
FREE = {
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::Scheduler::Schedule",
    "AWS::WAFv2::WebACLAssociation",
}


def at_rest() -> list[Row]:
    """Return the costs of production without requests, WAF and SnapStart."""
    numbers = Counter(resource["Type"] for resource in transformed()["Resources"].values())
    rows = [(name, numbers[kind], price) for kind, (name, price) in PRICES.items()]
    detailed = detailed_metrics()
    return [*rows, ("detailed metric of a method", detailed, METRIC)] if detailed else rows


def detailed_metrics() -> int:
    (stage,) = of_type(transformed(), "AWS::ApiGateway::Stage").values()
    detailed = [setting for setting in stage["MethodSettings"] if setting.get("MetricsEnabled")]
    if not detailed:
        return 0
    paths: dict[str, Any] = of_type(transformed(), "AWS::ApiGateway::RestApi")["Api"]["Body"]["paths"]
    return DETAILED_METRICS * sum(len(operations) for operations in paths.values())


def optional() -> list[Row]:
    """Return the additional costs of WAF and SnapStart."""
    (acl,) = of_type(transformed(), "AWS::WAFv2::WebACL").values()
    functions = of_type(transform(SnapStart="true"), "AWS::Lambda::Function").values()
    (memory,) = {function["MemorySize"] for function in functions}
    return [
        ("`Waf=true`: web ACL", 1, WEB_ACL),
        ("`Waf=true`: rule", len(acl["Rules"]), WEB_ACL_RULE),
        (
            f"`SnapStart=true`: snapshot of {memory} MB, two for each function",
            VERSIONS * len(functions),
            SNAPSHOT * MONTH * memory / 1024,
        ),
    ]


def total(rows: list[Row]) -> Decimal:
    return sum((number * price for _, number, price in rows), Decimal(0))


def table() -> str:
    head = "| resource | number | each | a month |\n| --- | ---: | ---: | ---: |\n"
    lines = [
        f"| {name} | {number} | {price:.2f} | {number * price:.2f} |" for name, number, price in at_rest()
    ]
    lines.append(f"| **production at rest** | | | **{total(at_rest()):.2f}** |")
    lines += [
        f"| {name} | {number} | {price:.2f} | {number * price:.2f} |" for name, number, price in optional()
    ]
    return head + "\n".join(lines) + "\n"


def test_every_type_of_resource_has_a_price() -> None:
    kinds = {resource["Type"] for resource in transformed()["Resources"].values()}
    assert kinds - PRICES.keys() - FREE == {"AWS::WAFv2::WebACL"}


def test_production_at_rest_costs_five_dollars_at_most() -> None:
    assert transformed()["Parameters"]["SnapStart"]["Default"] == "false"
    assert total(at_rest()) <= 5


def test_the_table_in_scaling_matches_the_template() -> None:
    assert table() in (PROJECT / "docs/scaling.md").read_text(), f"put this into docs/scaling.md:\n{table()}"
