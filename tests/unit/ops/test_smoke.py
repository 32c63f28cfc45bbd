"""`make smoke`: wrong usage is explained before any request."""

import pytest

from tests.live.support import Target

API = "https://api.example/v1/"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "API_URL must be an https address"),
        ({"API_URL": "http://api.example"}, "API_URL must be an https address"),
        ({"API_URL": "https://api.example@evil.example/"}, "API_URL must be an https address"),
        ({"API_URL": API, "TOKEN": ""}, "TOKEN is set but holds no token"),
        ({"API_URL": API, "TOKEN": "two words"}, "TOKEN is set but holds no token"),
        ({"API_URL": API, "CLIENT_ID": "x"}, "set CLIENT_SECRET, ISSUER, AUDIENCE too"),
    ],
)
def test_wrong_usage_is_explained(environ: dict[str, str], message: str) -> None:
    with pytest.raises(pytest.UsageError, match=message):
        Target.from_environment(environ)


def test_a_token_is_taken_as_pasted_and_not_shown() -> None:
    target = Target.from_environment({"API_URL": API, "TOKEN": "Bearer abc.def.ghi ", "CLIENT_ID": ""})
    assert (target.api_url, target.access_token()) == (API.rstrip("/"), "abc.def.ghi")
    assert "abc" not in repr(target)
