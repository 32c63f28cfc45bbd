"""Exports of weeks and months over HTTP, as payroll reads them."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.local.callers import EXPORT, MANAGER, Newcomers
from tests.local.feed import Reader


def test_payroll_exports_a_week_and_a_month(newcomers: Newcomers) -> None:
    ana, mia = newcomers.person("ana"), newcomers.person("mia", MANAGER)
    payroll = newcomers.program("payroll", EXPORT)
    approved, pending = ana.entry(date="2026-11-20", hours=7.25), ana.entry(date="2026-11-30", hours=0.75)
    assert mia("PUT", f"/approvals/{approved['id']}").status_code == 200
    reader = Reader(payroll)
    reader.until(lambda: len(reader.changes.get(approved["id"], [])) == 2 and pending["id"] in reader.changes)

    def rows(path: str, **query: Any) -> tuple[list[dict[str, Any]], int]:
        answer = payroll("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json(), int(answer.headers["Timesheets-Number"])

    (week,), number = rows("/exports/weeks/2026-W47", user_id=ana.sub)
    assert number >= reader.next
    assert (week["approved_hours"], week["pending_hours"], week["rejected_hours"]) == (7.25, 0, 0)
    (month,), _ = rows("/exports/months/2026-11", user_id=ana.sub)
    assert (month["approved_hours"], month["pending_hours"]) == (7.25, 0.75)
    assert (month["from"], month["to"]) == ("2026-11-20", "2026-11-30")
    found = list[str]()
    answer = payroll("GET", "/exports/weeks/2026-W47", params={"limit": 10})
    while True:
        found += dict.fromkeys(row["user_id"] for row in answer.json())
        if "next" not in answer.links:
            break
        answer = payroll("GET", f"/exports/weeks/2026-W47{answer.links['next']['url']}")
    assert ana.sub in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "path", ["/exports/weeks/2026-W54", "/exports/months/2026-13", "/exports/months/2026"]
)
def test_a_period_that_does_not_exist_is_refused(path: str, http: httpx.Client, payroll_token: str) -> None:
    answer = http.get(path, headers={"Authorization": f"Bearer {payroll_token}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
