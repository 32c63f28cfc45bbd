"""Sign-in without a browser, as `make token` uses it."""

from typing import Any

import httpx2 as httpx
import pytest

from local import sign_in
from local.settings import LocalError

ISSUER = "http://127.0.0.1:3001/"


def error(monkeypatch: pytest.MonkeyPatch, answer: httpx.Response | httpx.HTTPError) -> str:
    """Return the error for an authorization response."""

    def get(*_: Any, **__: Any) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            return answer
        raise answer

    monkeypatch.setattr(httpx, "get", get)
    with pytest.raises(LocalError) as raised:
        sign_in.access_token(ISSUER, "anna", audience="urn:api")
    return str(raised.value)


def test_an_unknown_user_lists_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    text = error(monkeypatch, httpx.Response(200, text="the sign-in page"))
    assert text == "There is no user 'anna'; use one of: ana, carl, mia"


def test_a_refusal_gives_the_servers_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    location = "http://127.0.0.1/callback?error=access_denied&error_description=Service+not+found"
    text = error(monkeypatch, httpx.Response(302, headers={"location": location}))
    assert text == f"{ISSUER} refused to sign 'anna' in: Service not found"


def test_an_issuer_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    text = error(monkeypatch, httpx.ConnectError("refused"))
    assert text == f"{ISSUER} does not answer (ConnectError); is `make run` running?"
