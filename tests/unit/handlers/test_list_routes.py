"""Lists: pages, filters, JSON and CSV."""

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]

pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture
def entries(table: None, call: Call) -> list[dict[str, Any]]:  # noqa: ARG001 needed first
    """Return five entries of ana's, newest first."""
    days = [f"2026-11-{day}" for day in range(10, 15)]
    created = [
        call("create_timesheet", body={"date": day, "project": f"P{n % 2}", "hours": 1}).json
        for n, day in enumerate(days)
    ]
    return created[::-1]


def next_query(answer: "Answer") -> dict[str, list[str]]:
    reference, relation = answer.headers["Link"].split("; ")
    assert relation == 'rel="next"'
    address = urljoin("https://api.example/v1/timesheets?limit=2", reference.strip("<>"))
    assert urlsplit(address).path == "/v1/timesheets"
    return parse_qs(urlsplit(address).query)


@pytest.mark.parametrize("handler", ["list_timesheets", "list_approvals"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_next_links_cover_the_whole_list(
    handler: str, order: str, entries: list[dict[str, Any]], call: Call
) -> None:
    found: list[Any] = []
    query: dict[str, list[str]] | None = {"limit": ["2"], "order": [order]}
    while query:
        answer = call(handler, query=query)
        assert answer.status == 200
        assert 1 <= len(answer.json) <= 2
        found += answer.json
        query = next_query(answer) if "Link" in answer.headers else None
    assert found == (entries if order == "desc" else entries[::-1])


def test_the_last_page_has_no_link(entries: list[dict[str, Any]], call: Call) -> None:
    assert "Link" not in call("list_timesheets", query={"limit": [str(len(entries))]}).headers
    assert "Link" not in call("list_timesheets").headers


@pytest.mark.parametrize(
    ("handler", "changes"),
    [
        ("list_timesheets", {"sub": "auth0|carl"}),
        ("list_timesheets", {"sub": "auth0|mia"}),
        ("list_approvals", {"sub": "auth0|ana"}),
        ("list_timesheets", {"filters": {"project": ["P0"]}}),
        ("list_timesheets", {"filters": {"order": ["asc"]}}),
    ],
)
@pytest.mark.usefixtures("entries")
def test_a_cursor_is_valid_for_its_caller_and_filters_only(
    handler: str, changes: dict[str, Any], call: Call
) -> None:
    query = next_query(call("list_timesheets", query={"limit": ["2"]}))
    filters = changes.pop("filters", {})
    answer = call(handler, query=query | filters, **changes)
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


@pytest.mark.usefixtures("entries")
def test_the_limit_can_change_between_pages(call: Call) -> None:
    query = next_query(call("list_timesheets", query={"limit": ["1"]}))
    assert len(call("list_timesheets", query=query | {"limit": ["100"]}).json) == 4


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "\ud800"])
def test_a_made_up_cursor_is_refused(cursor: str, call: Call) -> None:
    answer = call("list_timesheets", query={"cursor": [cursor]})
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


@pytest.mark.parametrize("project", ["a b&c=d", "ü🦆", "100%", "#?"])
def test_the_next_link_keeps_the_filters(project: str, call: Call) -> None:
    for _ in range(2):
        call("create_timesheet", body={"date": "2026-11-20", "project": project, "hours": 1})
    query = next_query(call("list_timesheets", query={"project": [project], "limit": ["1"]}))
    assert query["project"] == [project]
    assert len(call("list_timesheets", query=query).json) == 1


def test_a_filter_that_is_not_a_valid_text_is_refused(call: Call) -> None:
    answer = call("list_timesheets", query={"project": ["\ud800"]})
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")
    assert answer.problem["detail"].startswith("Query parameter 'project' must not contain")


@pytest.mark.parametrize("handler", ["list_timesheets", "list_approvals"])
@pytest.mark.parametrize(
    ("accept", "is_csv"),
    [
        ("application/json;q=0.5, text/csv;q=0.9", True),
        ("text/csv, application/json", False),
        ("", False),
    ],
)
def test_a_list_is_csv_where_accept_prefers_it(
    handler: str,
    accept: str,
    is_csv: bool,  # noqa: FBT001
    entries: list[dict[str, Any]],
    call: Call,
) -> None:
    answer = call(handler, headers={"Accept": accept}, query={"order": ["desc"], "limit": ["4"]})
    assert "Link" in answer.headers
    assert answer.headers["Vary"] == "Accept"
    if is_csv:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert [row["id"] for row in rows] == [entry["id"] for entry in entries[:4]]
    else:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json == entries[:4]


@pytest.mark.parametrize("handler", ["list_timesheets", "list_approvals"])
@pytest.mark.parametrize(
    ("headers", "start"),
    [
        ({"Accept": "application/json"}, "\ufeffid,user_id,"),
        ({"Accept-Language": "de-DE,de;q=0.9,en;q=0.8"}, "\ufeffid;user_id;"),
    ],
)
def test_the_format_excel_is_a_file_for_its_locale(
    handler: str, headers: dict[str, str], start: str, entries: list[dict[str, Any]], call: Call
) -> None:
    answer = call(handler, headers=headers, query={"format": ["excel"], "limit": ["4"]})
    assert answer.text is not None
    assert answer.text.startswith(start)
    assert len(answer.text.splitlines()) == 5
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="timesheets.csv"'
    assert answer.headers["Vary"] == "Accept-Language"
    query = next_query(answer)
    assert query.pop("format") == ["excel"]
    assert len(call(handler, query=query).json) == len(entries) - 4


def test_another_format_is_refused(call: Call) -> None:
    answer = call("list_timesheets", query={"format": ["xlsx"]})
    assert answer.problem["detail"] == "Query parameter 'format' must be one of excel"
