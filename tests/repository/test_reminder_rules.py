"""The rules in docs/reminders.yaml, which turn reminders into mails and messages."""

import json
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support import PROJECT
from timesheets.stream.events import REMINDER_TYPES, SOURCE

PATH = PROJECT / "docs/reminders.yaml"


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    resources = yaml_parse(PATH.read_text())["Resources"].values()
    return [one["Properties"] for one in resources if one["Type"] == "AWS::Events::Rule"]


def test_the_rules_name_the_events(rules: list[dict[str, Any]]) -> None:
    assert all(rule["EventPattern"]["source"] == [SOURCE] for rule in rules)
    named = [kind for rule in rules for kind in rule["EventPattern"]["detail-type"]]
    assert set(named) == set(REMINDER_TYPES.values())


def test_the_rules_read_members_that_an_event_has(rules: list[dict[str, Any]]) -> None:
    schema = json.loads((PROJECT / "docs/reminders.schema.json").read_text())
    known = {f"$.detail.{name}" for name in schema["properties"]} | {"$.detail-type"}
    transformers = [
        target["InputTransformer"]
        for rule in rules
        for target in rule["Targets"][:1]
        if "InputTransformer" in target
    ]
    assert len(transformers) == 2
    for transformer in transformers:
        assert set(transformer["InputPathsMap"].values()) <= known
        template = transformer["InputTemplate"]
        text = template["Fn::Sub"] if isinstance(template, dict) else template
        for name in transformer["InputPathsMap"]:
            assert f"<{name}>" in text
        json.loads(text)
