"""Preferences in Accept and Accept-Language."""

import pytest

from timesheets.web.csv_format import MEDIA_TYPE
from timesheets.web.negotiation import languages, quality


@pytest.mark.parametrize(
    ("accept", "csv", "json"),
    [
        ("", 1, 1),
        ("*/*", 1, 1),
        ("text/csv", 1, 0),
        ("application/json", 0, 1),
        ("text/html", 0, 0),
        ("text/*", 1, 0),
        ("application/*;q=0.4, text/*;q=0.3", 0.3, 0.4),
        ("*/*, text/csv;q=0.1", 0.1, 1),
        ("text/csv;q=0.1, */*", 0.1, 1),
        ("text/csv, */*;q=0.1", 1, 0.1),
        ("text/*;q=0.2, text/csv;q=0.9, */*;q=0.5", 0.9, 0.5),
        ("text/*;q=0, */*", 0, 1),
        ("text/csv;q=0", 0, 0),
        ("text/csv;q=0.2, text/csv;header=present;q=0.8", 0.8, 0),
        ("text/csv;header=absent, text/csv;q=0.3", 0.3, 0),
        ('text/csv;charset="UTF-8"', 1, 0),
        ("application/json; charset=utf-8", 0, 1),
        ("application/json; charset=latin-1", 0, 0),
        ("TEXT/CSV ; Q=0.5", 0.5, 0),
        ("text/csv;q=1.5, application/json;q=0.9", 1, 0.9),
        ("text/csv, application/json", 1, 1),
        ("text/csv ; header=present ; q=0.2, application/json;Q=0.1;v=1", 0.2, 0),
        ("a" + " " * 9000 + "b", 0, 0),
        ("text/csv;q=abc", 1, 0),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0.8, 0.8),
        (";;,,q=", 0, 0),
    ],
)
def test_the_most_specific_range_gives_the_weight(accept: str, csv: float, json: float) -> None:
    assert (quality(accept, MEDIA_TYPE), quality(accept, "application/json")) == (csv, json)


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", []),
        ("de", ["de"]),
        ("de-CH", ["de-ch"]),
        ("en-US,de;q=0.9", ["en-us", "de"]),
        ("en;q=0.5, de-AT, fr;q=0.9", ["de-at", "fr", "en"]),
        ("en, de", ["en", "de"]),
        ("de;q=0, en", ["en"]),
        (",;q=1,", []),
    ],
)
def test_languages_are_in_order_of_preference(header: str, tags: list[str]) -> None:
    assert languages(header) == tags
