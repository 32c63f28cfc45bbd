"""The template's alarms, their metrics and the dashboard."""

import json
import re
from typing import Any

from tests.repository.transform import of_type, transformed
from tests.support import PROJECT


def dashboard() -> str:
    (properties,) = of_type(transformed(), "AWS::CloudWatch::Dashboard").values()
    body: str = properties["DashboardBody"]["Fn::Sub"]
    return body


def test_every_alarm_notifies_the_topic_and_is_on_the_dashboard() -> None:
    alarms = of_type(transformed(), "AWS::CloudWatch::Alarm")
    assert set(re.findall(r"\$\{(\w+)\.Arn\}", dashboard())) == alarms.keys()
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm["AlarmDescription"]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_a_canary_goes_back_at_alarms_of_failing_requests(template: dict[str, Any]) -> None:
    alarms = template["Globals"]["Function"]["DeploymentPreference"]["Alarms"]
    assert {alarm["Ref"] for alarm in alarms} == {"ServerErrorsAlarm", "AuthorizerFailedAlarm"}


def test_the_dashboard_is_json_and_its_searches_quote_the_namespace() -> None:
    """CloudWatch reads an unquoted slash or hyphen as the end of the namespace."""
    widgets = json.loads(dashboard())["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"].get("metrics", [])]
    searches = [metric[0]["expression"] for metric in metrics if "expression" in metric[0]]
    assert searches
    for search in searches:
        assert re.match(r"""SEARCH\('\{"Timesheets/\$\{AWS::StackName\}",""", search), search


def test_the_code_writes_the_metrics_that_alarms_read(template: dict[str, Any]) -> None:
    code = "".join(
        path.read_text() for folder in ("authorizer", "layers") for path in (PROJECT / folder).glob("**/*.py")
    )
    own = template["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        if alarm["Namespace"] == own:
            assert f'"{alarm["MetricName"]}"' in code
