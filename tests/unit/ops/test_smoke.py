"""`make smoke`: wrong usage is explained before any request."""

import pytest

from tests.live.support import check_usage

API = {"API_URL": "https://api.example/v1/"}


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "API_URL must be an https address"),
        ({"API_URL": "http://api.example"}, "API_URL must be an https address"),
        ({"API_URL": "https://api.example@evil.example/"}, "API_URL must be an https address"),
        (API | {"TOKEN": ""}, "TOKEN is set but holds no token"),
        (API | {"TOKEN": "two words"}, "TOKEN is set but holds no token"),
        (API | {"CLIENT_ID": "x"}, "set CLIENT_SECRET, ISSUER, AUDIENCE too"),
    ],
)
def test_wrong_usage_is_explained(environ: dict[str, str], message: str) -> None:
    with pytest.raises(pytest.UsageError, match=message):
        check_usage(environ)
