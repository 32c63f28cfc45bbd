"""Cases of `tests/cases`, which the API, the importer and the app share."""

import json
from typing import Any, Literal

from tests.support import PROJECT

FIELDS: dict[str, Any] = {"date": "2026-11-20", "project": "StoreZero", "hours": "7.25"}
"""A valid entry."""


def load_cases(name: Literal["text", "hours", "dates"]) -> dict[str, Any]:
    cases: dict[str, Any] = json.loads((PROJECT / "tests/cases" / f"{name}.json").read_text())
    return cases
