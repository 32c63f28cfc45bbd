"""Both lists as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from tests.local.callers import MANAGER, Newcomers

NOTES = {
    "plain": "Release",
    "a comma": "one, two",
    "quotes": 'the "big" one',
    "a quote alone": '"',
    "lines": "one\ntwo\r\nthree",
    "other scripts": "Größe 大 🕗",
    "space around": "in\tthe middle",
    "a semicolon": "a;b",
}
FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("path", ["/timesheets", "/approvals"])
def test_a_csv_list_has_the_values_of_the_json_list(path: str, newcomers: Newcomers) -> None:
    ana, mia = newcomers.person("ana"), newcomers.person("mia", MANAGER)
    entries = [ana.entry(notes=note, hours="0.10", project=f"P, {name}") for name, note in NOTES.items()]
    caller = ana if path == "/timesheets" else mia
    query = {"limit": "100"} | ({} if path == "/timesheets" else {"user_id": ana.sub})
    # Approvals list everyone's entries and are filtered after reading, so these get the last date allowed.
    if path == "/approvals":
        last = str(datetime.now(UTC).date() + timedelta(366))
        for entry in entries:
            ana("PATCH", f"/timesheets/{entry['id']}", json={"date": last})
        query["from"] = last
    answer = caller("GET", path, params=query, headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert "charset=utf-8" in answer.headers["content-type"].lower()
    assert answer.text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline=""), strict=True))
    listed = caller("GET", path, params=query).json()
    assert len(rows) == len(listed) == len(NOTES)
    for row, entry in zip(rows, listed, strict=True):
        assert row["approved"].lower() == "false"
        cells = {name: str(value) for name, value in entry.items() if name != "approved"}
        assert {name: row[name] for name in cells} == cells
        assert [row[name] for name in row.keys() - entry.keys()] == [""] * len(row.keys() - entry.keys())
    # No line ends in a bare line feed, except within a note.
    assert answer.text.count("\r\n") == 1 + len(NOTES) + "".join(NOTES.values()).count("\r\n")


@pytest.mark.parametrize("formula", [*FORMULAS, "\t=1+1", "\r=1+1", " =1+1", "\n=1+1", "＝1+1"])
def test_no_cell_is_a_formula(formula: str, newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    ana.entry(project=formula, notes=f"{formula}, and more")
    text = ana("GET", headers={"Accept": "text/csv"}).content.decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    for cell in row.values():
        # OWASP's list ("CSV injection"), and the wide forms that some spreadsheets treat alike.
        assert cell[:1] not in {*"=+-@＝＋－＠\t\r\n"}, repr(cell)
    # The text follows the guard.
    assert formula.strip() in row["notes"]


def test_an_empty_list_is_a_header_row(newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    rows = list(csv.reader(io.StringIO(ana("GET", headers={"Accept": "text/csv"}).text)))
    assert len(rows) == 1
    assert {"id", "user_id", "date", "project", "hours", "notes", "status", "approved"} <= set(rows[0])


def test_pages_of_csv_have_links(newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    entries = [ana.entry(date=f"2026-11-0{day}") for day in (3, 2, 1)]
    seen = []
    url = "/timesheets?limit=2"
    for _ in range(2):
        page = ana("GET", url, headers={"Accept": "text/csv"})
        seen += [row["id"] for row in csv.DictReader(io.StringIO(page.text, newline=""))]
        url = str(page.url.join(page.links["next"]["url"])) if "next" in page.links else ""
    assert seen == [entry["id"] for entry in entries]
    assert url == ""


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/csv", "text/csv"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/json, text/csv;q=0.5", "application/json"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("TEXT/CSV", "text/csv"),
    ],
)
def test_the_accept_header_decides(accept: str, content_type: str, newcomers: Newcomers) -> None:
    answer = newcomers.person("ana")("GET", headers={"Accept": accept})
    assert answer.headers["content-type"].split(";")[0] == content_type
