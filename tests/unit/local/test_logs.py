"""The functions' log events, formatted for the terminal."""

import json

import pytest

from local.logs import readable

NOON = 1_795_176_000_000

TRACEBACK = """Traceback (most recent call last):
  File "/var/task/b.py", line 1, in f
    g()
  File "/opt/python/c.py", line 2, in g
    {}[1]
KeyError: 1"""


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("START RequestId: 1 Version: 2", ""),
        ("END RequestId: 1", ""),
        ("REPORT RequestId: 1\tDuration: 2 ms", ""),
        ("", ""),
        ("Traceback (most recent call last):", ""),
        ('  File "/var/task/app.py", line 1, in lambda_handler', ""),
        ("Exception: Unauthorized", ""),
        ("refusal.KeysUnavailable: the issuer is down", ""),
        ("KeyError: 'x'", "KeyError: 'x'"),
        ("[1, 2]", "[1, 2]"),
        (
            json.dumps({"level": "INFO", "message": "token refused", "service": "x", "reason": "expired"}),
            "x  INFO  token refused  reason=expired",
        ),
        (
            json.dumps(
                {
                    "level": "ERROR",
                    "message": "failed",
                    "exception": TRACEBACK,
                }
            ),
            "ERROR  failed  KeyError: 1 (c.py:2)",
        ),
        (
            json.dumps(
                {
                    "_aws": {
                        "CloudWatchMetrics": [
                            {"Metrics": [{"Name": "Refused"}], "Dimensions": [["code", "service"]]}
                        ]
                    },
                    "service": "x",
                    "code": "invalid_entry",
                    "Refused": [1.0],
                }
            ),
            "x  metric  Refused=1  code=invalid_entry",
        ),
    ],
)
def test_a_log_event_is_formatted_as_one_line(message: str, line: str) -> None:
    assert readable(NOON, message)[10:].strip() == line
