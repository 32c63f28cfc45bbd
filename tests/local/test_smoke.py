"""`make smoke` against the real stack: as an employee, a manager, an importing program, and a stranger."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from ops import smoke

if TYPE_CHECKING:
    from tests.local.conftest import Stack


def smoke_entries(http: httpx.Client, token: str) -> list[dict[str, str]]:
    answer = http.get(
        "/timesheets",
        params={"project": smoke.PROJECT, "limit": 100},
        headers={"Authorization": f"Bearer {token}"},
    )
    entries: list[dict[str, str]] = answer.raise_for_status().json()
    return entries


@pytest.mark.parametrize("user", ["ana", "mia"])
def test_people_find_no_fault_and_leave_nothing(
    user: str,
    stack: "Stack",
    http: httpx.Client,
    sign_in: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = sign_in(user)
    environ = {"TOKEN": token, "ORIGIN": "https://app.example"}
    assert smoke.main([f"{stack.settings.api_url}/", "--json"], environ) == 0
    printed = capsys.readouterr().out
    told = json.loads(printed[printed.index("{\n") :])  # the stack prints in this process, too
    assert told["good"] is True
    assert {finding["kind"] for finding in told["findings"]} == {"ok"}
    texts = "\n".join(finding["text"] for finding in told["findings"])
    closed = {"ana": "GET /approvals is 403", "mia": "POST /timesheets/upload is 403"}
    assert closed[user] in texts
    assert ("approvals: GET /approvals is 200" in texts) == (user == "mia")
    assert "delete: the list no longer holds it" in texts
    assert token not in printed
    assert smoke_entries(http, token) == []


def test_a_program_leaves_one_entry_however_often(
    stack: "Stack", import_token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "CLIENT_ID": "timesheets-import",
        "CLIENT_SECRET": "local-import-secret",
        "ISSUER": stack.settings.issuer,
        "AUDIENCE": stack.settings.audience,
    }
    assert smoke.main([stack.settings.api_url], environ) == 0
    assert smoke.main([stack.settings.api_url], environ | {"TOKEN": import_token}) == 0
    said = capsys.readouterr().out
    assert said.count("ok      with the token: GET /timesheets is 403") == 2
    assert said.count("ok      upload: the same row again is unchanged") == 2
    assert "token: got one by client credentials for timesheets-import" in said
    assert "local-import-secret" not in said


def test_a_row_whose_entry_was_approved_is_no_fault_but_told(
    stack: "Stack",
    http: httpx.Client,
    import_token: str,
    sign_in: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = smoke.IMPORTED | {"date": "2026-11-01", "project": smoke.PROJECT, "hours": 1}
    importer = {"Authorization": f"Bearer {import_token}"}
    manager = {"Authorization": f"Bearer {sign_in('mia')}"}
    (result,) = http.post("/timesheets/upload", json=[row], headers=importer).json()["results"]
    approval = f"/approvals/{result['id']}"
    assert http.put(approval, headers=manager).status_code == 200
    assert smoke.main([stack.settings.api_url], {"TOKEN": import_token}) == 0
    assert "warning upload: refused, since someone has approved" in capsys.readouterr().out
    assert http.delete(approval, headers=manager).status_code == 200


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("read:timesheets", "the token lacks create:timesheets and delete:timesheets"),
        ("read:timesheets create:timesheets", "the token lacks delete:timesheets"),
        ("create:timesheets delete:timesheets", "read: not checked, since the token lacks read:timesheets"),
    ],
)
def test_what_the_scopes_do_not_allow_is_skipped_and_told(
    scope: str,
    said: str,
    stack: "Stack",
    http: httpx.Client,
    sign_in: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert smoke.main([stack.settings.api_url], {"TOKEN": sign_in("carl", f"openid {scope}")}) == 0
    printed = capsys.readouterr().out
    assert said in printed
    assert ("ok      delete: DELETE is 204" in printed) == (scope.startswith("create"))
    assert smoke_entries(http, sign_in("carl")) == []


def test_a_stranger_checks_what_strangers_get(stack: "Stack", capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main([stack.settings.api_url], {}) == 0
    said = capsys.readouterr().out
    assert said.count("ok      ") == 5
    assert "Give one in the environment, as TOKEN" in said


def test_the_address_of_another_api_is_found_out(
    stack: "Stack", sign_in: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main([stack.settings.issuer], {"TOKEN": sign_in("ana")}) == 1
    said = capsys.readouterr().out
    assert "expected 401 invalid_token; came 404" in said
    assert "note    token: not sent" in said
