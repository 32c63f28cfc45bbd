"""What `make smoke` makes of answers and of its own arguments: the parts that need no network."""

from datetime import date

import pytest

from ops import smoke
from ops.answers import EXPOSED, closed_route, week_of
from timesheets.routes import ROUTES, UPLOAD_TIMESHEETS
from timesheets.web.response import EXPOSED_HEADERS


def test_the_header_fields_that_pages_read_are_the_apis() -> None:
    assert set(EXPOSED) <= {name.lower() for name in EXPOSED_HEADERS.split(", ")}


@pytest.mark.parametrize(
    ("day", "week"),
    [(date(2026, 11, 20), "2026-W47"), (date(2027, 1, 1), "2026-W53"), (date(2025, 12, 29), "2026-W01")],
)
def test_a_week_is_the_one_of_iso_8601(day: date, week: str) -> None:
    assert week_of(day) == week


def test_the_closed_route_that_is_tried_could_do_no_harm() -> None:
    for scope in {route.scope for route in ROUTES}:
        route = closed_route(frozenset({scope}))
        assert route
        assert (route.method, "{" in route.path) == ("GET", False)
    every = frozenset(route.scope for route in ROUTES)
    assert closed_route(every - {UPLOAD_TIMESHEETS.scope}) is UPLOAD_TIMESHEETS
    assert closed_route(every) is None


@pytest.mark.parametrize(
    ("address", "api_url"),
    [
        (
            "https://x.execute-api.eu-west-1.amazonaws.com/v1/",
            "https://x.execute-api.eu-west-1.amazonaws.com/v1",
        ),
        ("https://api.example.com", "https://api.example.com"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("http://x.execute-api.localhost:4566/v1", "http://x.execute-api.localhost:4566/v1"),
    ],
)
def test_an_address_may_have_a_stage_and_a_slash(address: str, api_url: str) -> None:
    assert smoke.api_of(address) == api_url


CREDENTIALS = {"CLIENT_ID": "x", "CLIENT_SECRET": "s3cret", "ISSUER": "t.eu.auth0.com", "AUDIENCE": "urn:x"}
HERE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        ([], {}),
        ([""], {}),
        (["api.example.com"], {}),
        (["http://api.example.com"], {}),
        (["ftp://api.example.com"], {}),
        (["https://user:s3cret@api.example.com"], {}),
        (["https://api.example.com/v1?x=1"], {}),
        (["https://[/v1"], {}),
        (["https://api.exämple.com"], {}),
        ([HERE, "eyJhbGciOi.token"], {}),
        ([HERE], {"TOKEN": "eyJ\nX: y"}),
        ([HERE], {"ORIGIN": "https://app.example/"}),
        ([HERE], {"ORIGIN": "*"}),
        ([HERE], {"CLIENT_ID": "x"}),
        ([HERE], {"CLIENT_SECRET": "s3cret"}),
        ([HERE], CREDENTIALS | {"ISSUER": ""}),
        ([HERE], CREDENTIALS | {"AUDIENCE": ""}),
        ([HERE], CREDENTIALS | {"ISSUER": "ftp://t.eu.auth0.com"}),
    ],
)
def test_a_wrong_use_ends_with_2_and_repeats_no_secret(
    arguments: list[str], environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        smoke.main(arguments, environ)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "eyJ" not in said
    assert "s3cret" not in said


def test_the_help_says_what_stays(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        smoke.main(["--help"], {})
    said = capsys.readouterr().out
    assert all(value in said for value in smoke.IMPORTED.values())
