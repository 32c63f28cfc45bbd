"""Read the functions' log from CloudWatch Logs, and format each event as one line."""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

# Lambda's own lines about each invocation.
_PLATFORM = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")
# Only the last line of a traceback is shown; Powertools' record has the rest.
_TRACEBACK = ("Traceback ", " ")
# The authorizer has logged these exceptions with their reason.
_LOGGED = ("Exception: Unauthorized", "refusal.")
_FRAME = re.compile(r'File "(?:[^"]*/)?([^"/]+)", line ([0-9]+)')
# Members that Powertools adds to every line.
_COMMON = {
    "level",
    "location",
    "message",
    "timestamp",
    "service",
    "exception_name",
    "exception",
    "stack_trace",
    "request_id",
    "xray_trace_id",
}


def new_lines(logs: "CloudWatchLogsClient", group: str) -> Iterator[list[str]]:
    """Yield, at each step, the lines logged to a group since the step before."""
    since = int(time.time() * 1000)
    shown: set[tuple[str, int, str]] = set()
    while True:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        events = [event for page in pages for event in page["events"]]
        found = {(e["logStreamName"], e["timestamp"], e["message"]) for e in events}
        lines = sorted(((e[1], readable(*e[1:])) for e in found - shown), key=itemgetter(0))
        yield [text for _, text in lines if text]
        since, shown = max([since, *(moment for _, moment, _ in found)]), found or shown


def readable(timestamp: int, message: str) -> str:
    """Return one line for a log event, or an empty one for Lambda's own; `timestamp` is in milliseconds."""
    if not message.strip() or message.startswith(_PLATFORM + _TRACEBACK + _LOGGED):
        return ""
    clock = datetime.fromtimestamp(timestamp / 1000).astimezone().strftime("%H:%M:%S")
    try:
        record = json.loads(message)
    except json.JSONDecodeError:
        record = None
    if not isinstance(record, dict):
        return f"{clock}    {message.strip()}"
    function = record.get("service", "")
    if "_aws" in record:
        return f"{clock}    {function}  metric  {_metric(record)}"
    details = [f"{name}={value}" for name, value in record.items() if name not in _COMMON]
    if "exception" in record:
        details.append(_raised(record["exception"]))
    return "  ".join([f"{clock}    {function}", record.get("level", ""), record.get("message", ""), *details])


def _raised(traceback: str) -> str:
    """Return a traceback's last line and its last frame."""
    frames = _FRAME.findall(traceback)
    return f"{traceback.splitlines()[-1]} ({':'.join(frames[-1])})" if frames else traceback


def _metric(record: dict[str, Any]) -> str:
    """Format an embedded metric (CloudWatch EMF) as `name=value` with its dimensions."""
    directives = record["_aws"]["CloudWatchMetrics"]
    names = [m["Name"] for directive in directives for m in directive["Metrics"]]
    dimensions = {d for directive in directives for group in directive["Dimensions"] for d in group} - {
        "service"
    }
    values = [
        f"{name}={record[name][0] if isinstance(record[name], list) else record[name]:g}" for name in names
    ]
    return "  ".join(values + [f"{name}={record[name]}" for name in sorted(dimensions)])
