"""What docs/operations.md and docs/architecture.md name exists."""

import re
import subprocess
from typing import Any

import pytest

from tests.support import PROJECT

OPERATIONS = (PROJECT / "docs/operations.md").read_text()
ARCHITECTURE = (PROJECT / "docs/architecture.md").read_text()
README = (PROJECT / "README.md").read_text()


def of_kind(template: dict[str, Any], kind: str) -> set[str]:
    return {name for name, one in template["Resources"].items() if one["Type"] == kind}


def test_every_alarm_has_its_row(template: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+Alarm)` \|", OPERATIONS, re.MULTILINE)
    assert set(rows) == of_kind(template, "AWS::CloudWatch::Alarm")
    assert len(rows) == len(set(rows))


def test_the_canarys_alarms_are_the_templates(template: dict[str, Any]) -> None:
    alarms = template["Globals"]["Function"]["DeploymentPreference"]["Alarms"]
    section = OPERATIONS.partition("## Deploy")[2].partition("\n## ")[0]
    assert {alarm["Ref"] for alarm in alarms} == set(re.findall(r"`(\w+Alarm)`", section))


def test_the_widgets_are_the_dashboards(template: dict[str, Any]) -> None:
    body = str(template["Resources"]["Dashboard"]["Properties"]["DashboardBody"])
    table = OPERATIONS.partition("| alarm |")[2].partition("\n\n")[0]
    named = re.findall(r'"([^"]+)"', table)
    assert named
    for title in named:
        assert f'"title": "{title}' in body


def test_every_resource_is_the_templates(template: dict[str, Any]) -> None:
    made_by_sam = {"ServerlessDeploymentApplication"}
    named = set(re.findall(r"\$\(id_of (\w+)\)", OPERATIONS))
    assert named - made_by_sam <= set(template["Resources"])
    assert {"CursorSecret", "UnpublishedChanges"} <= set(template["Resources"])
    assert "!GetAtt Table.StreamArn" in (PROJECT / "template.yaml").read_text()


def test_every_parameter_is_the_templates(template: dict[str, Any]) -> None:
    words = set(re.findall(r"`([A-Z][A-Za-z]+)(?:=\w+)?`", OPERATIONS + ARCHITECTURE))
    known = set(template["Parameters"]) | set(template["Resources"]) | {"TimeToLive", "LatestStreamArn"}
    assert words - known <= {"AutoPublishAliasAllProperties", "PyJWKClient", "IDS"}


@pytest.mark.parametrize(
    "text", [OPERATIONS, ARCHITECTURE, README], ids=["operations", "architecture", "README"]
)
def test_every_make_target_exists(text: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ +)(?:\w+=\S+ )*make ([a-z-]+)", text, re.MULTILINE))
    assert named
    assert named <= targets


@pytest.mark.parametrize("name", ["operations.md", "architecture.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    assert f"](docs/{name})" in README
    for link in re.findall(r"\]\(([^)]+)\)", (PROJECT / "docs" / name).read_text()):
        path, _, anchor = link.partition("#")
        text = ((PROJECT / "docs" / path) if path else PROJECT / "docs" / name).read_text()
        titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles}


def test_the_commands_are_bash() -> None:
    blocks = re.findall(r"(?:^    .*\n|\n(?=    ))+", OPERATIONS, re.MULTILINE)
    commands = "\n".join(line.removeprefix("    ") for block in blocks for line in block.splitlines())
    commands = "\n".join(
        line for line in commands.splitlines() if not line.lstrip().startswith(('{"', '"kms'))
    )
    assert commands.count("aws ") > 15
    checked = subprocess.run(["bash", "-n"], input=commands, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
