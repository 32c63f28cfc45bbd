"""The documents name alarms, parameters and make targets that exist. `make check` checks their links."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support import PROJECT

PAGES = [PROJECT / "README.md", PROJECT / "SECURITY.md", *sorted((PROJECT / "docs").glob("*.md"))]
OPERATIONS = (PROJECT / "docs/operations.md").read_text()


def names_of(template: dict[str, Any], kind: str) -> set[str]:
    return {name for name, resource in template["Resources"].items() if resource["Type"] == kind}


def test_each_alarm_has_a_row(template: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+Alarm)` \|", OPERATIONS, re.MULTILINE)
    assert sorted(rows) == sorted(names_of(template, "AWS::CloudWatch::Alarm"))


def test_the_alarms_of_a_canary_match_the_template(template: dict[str, Any]) -> None:
    alarms = template["Globals"]["Function"]["DeploymentPreference"]["Alarms"]
    section = OPERATIONS.partition("## Deploy")[2].partition("\n## ")[0]
    assert {alarm["Ref"] for alarm in alarms} == set(re.findall(r"`(\w+Alarm)`", section))


def test_the_widgets_match_the_dashboard(template: dict[str, Any]) -> None:
    body = str(template["Resources"]["Dashboard"]["Properties"]["DashboardBody"])
    table = OPERATIONS.partition("| alarm |")[2].partition("\n\n")[0]
    widgets = re.findall(r'"([^"]+)"', table)
    assert widgets
    for title in widgets:
        assert f'"title": "{title}' in body


def test_each_resource_exists(template: dict[str, Any]) -> None:
    made_by_sam = {"ServerlessDeploymentApplication"}
    assert set(re.findall(r"\$\(id_of (\w+)\)", OPERATIONS)) - made_by_sam <= set(template["Resources"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_parameter_exists(page: Path, template: dict[str, Any]) -> None:
    overrides = re.findall(r"--parameter-overrides ((?:\w+=\S+ ?)+)", page.read_text())
    for name in re.findall(r"(\w+)=", " ".join(overrides)):
        assert name in template["Parameters"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^ +)(?:\w+=\S+ )*make ([a-z-]+)", page.read_text(), re.MULTILINE)) <= targets


def test_the_commands_are_valid_bash() -> None:
    blocks = re.findall(r"(?:^    .*\n|\n(?=    ))+", OPERATIONS, re.MULTILINE)
    lines = [line.removeprefix("    ") for block in blocks for line in block.splitlines()]
    commands = "\n".join(line for line in lines if not line.lstrip().startswith(('{"', '"kms')))
    assert commands.count("aws ") > 15
    checked = subprocess.run(["bash", "-n"], input=commands, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
