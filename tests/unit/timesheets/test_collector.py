"""The garbage collector while a function starts."""

import gc
import runpy

import pytest

import timesheets


@pytest.mark.parametrize(("name", "thresholds"), [("ListTimesheets", [100_000]), ("", [])])
def test_only_a_lambda_function_raises_the_threshold(
    name: str, thresholds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(gc, "set_threshold", seen.append)
    if name:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", name)
    else:
        monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    runpy.run_path(timesheets.__file__)
    assert seen == thresholds
