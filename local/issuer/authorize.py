"""The authorization endpoint: who signs in, whether they are asked, and how the answer travels."""

import json
import re
import secrets
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oidc.core.errors import (
    ConsentRequiredError,
    LoginRequiredError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from local.issuer.directory import OPENID_SCOPES, User
from local.issuer.pages import error_page, message_page, page
from local.issuer.server import FormRequest, Server
from local.issuer.sessions import Sessions, SignIn

COOKIE: Final = "sign_in"
PROMPTS: Final = ("none", "login", "consent", "select_account")
"""OpenID Connect Core 1.0, section 3.1.2.1."""
RESPONSE_MODES: Final = ("query", "web_message")


class AuthorizationEndpoint:
    """Answers RFC 6749, section 3.1, and OpenID Connect Core 1.0, section 3.1.2."""

    def __init__(self, server: Server, sessions: Sessions) -> None:
        """Sign users in to one server's applications."""
        self._server = server
        self._sessions = sessions

    async def respond(self, request: Request) -> Response:
        """Serve a request for a code, and what its user chose on the page."""
        # What is chosen on the page is about the same request: its parameters are in the address still.
        asked = FormRequest("GET", request.query_params.multi_items(), request.headers)
        unsafe = self._unsafe_address(asked)
        if unsafe:
            return error_page(request, "invalid_request", unsafe)
        chosen = await request.form() if request.method == "POST" else None
        cookie = request.cookies.get(COOKIE)
        session = self._sessions.find(cookie)
        try:
            _check(asked)
            grant = self._server.get_consent_grant(asked)
            self._server.requested_api(asked.payload.data)
            sign_in = self._signed_in(asked, session, chosen)
        except OAuth2Error as error:
            error.redirect_uri, error.state = asked.payload.redirect_uri, asked.payload.state
            return _delivered(request, asked, self._server.handle_error_response(asked, error))
        if not sign_in:
            return self._page(request, asked)
        sign_in.allow(*self._wanted(asked, sign_in.user_id))
        response = self._server.create_authorization_response(asked, grant_user=sign_in, grant=grant)
        response = _delivered(request, asked, response)
        if sign_in is not session:
            self._sessions.end(cookie)
            response.set_cookie(COOKIE, self._sessions.add(sign_in), httponly=True, samesite="lax")
        return response

    def _unsafe_address(self, asked: FormRequest) -> str:
        """Say why no answer may go to the redirect URI; nothing where one may (RFC 6749, section 4.1.2.1)."""
        given = asked.payload
        client = self._server.query_client(given.client_id)
        if not client:
            return "client_id must name an application of seed.toml"
        if not given.redirect_uri or not client.check_redirect_uri(given.redirect_uri):
            return f"redirect_uri must be one of the callbacks of {client.id} in seed.toml"
        if {"client_id", "redirect_uri"}.intersection(asked.repeated):
            return "client_id and redirect_uri must be there once"
        return ""

    def _signed_in(
        self, asked: FormRequest, session: SignIn | None, chosen: FormData | None
    ) -> SignIn | None:
        """Return who is signed in, or nobody where a page must ask.

        Raises
        ------
        OAuth2Error
            If the user refused, or no page may ask.

        """
        given, directory = asked.payload.data, self._server.directory
        prompts = given.get("prompt", "").split()
        if chosen is not None:
            if "refuse" in chosen:
                raise AccessDeniedError("User did not authorize the request")
            user = directory.user(str(chosen.get("user", "")))
            return self._new_sign_in(user, session) if user else None
        hinted = directory.hinted(given.get("login_hint"))
        if hinted and "none" not in prompts:
            return self._new_sign_in(hinted, session)
        if session and (not self._recent(session, given) or (hinted and hinted.id != session.user_id)):
            session = None
        allowed = session and session.allows(*self._wanted(asked, session.user_id))
        if "none" in prompts and not session:
            raise LoginRequiredError("Login required")
        if "none" in prompts and not allowed:
            raise ConsentRequiredError("Consent required")
        return session if allowed and prompts in ([], ["none"]) else None

    def _new_sign_in(self, user: User, before: SignIn | None) -> SignIn:
        allowed = before.allowed if before and before.user_id == user.id else {}
        return SignIn(user.id, int(self._server.tokens.clock()), allowed)

    def _recent(self, session: SignIn, given: dict[str, str]) -> bool:
        """Whether a sign-in still counts: the user is there, and `max_age` (seconds) is not over."""
        if not self._server.directory.user(session.user_id):
            return False
        max_age = given.get("max_age")
        return not max_age or session.auth_time + int(max_age) > self._server.tokens.clock()

    def _wanted(self, asked: FormRequest, user_id: str) -> tuple[str, str | None, list[str]]:
        """Return the application, the audience, and what a user may let it have of what it asks for."""
        api = self._server.requested_api(asked.payload.data)
        user = self._server.directory.user(user_id)
        scopes = self._server.permitted(user, asked.client, api, asked.scope) if user else []
        return asked.client.id, asked.payload.data.get("audience"), scopes

    def _page(self, request: Request, asked: FormRequest) -> Response:
        """Ask who signs in, and whether the application may have what it asks for."""
        api = self._server.requested_api(asked.payload.data)
        in_words = OPENID_SCOPES | (api.permissions if api else {})
        requested = asked.scope.split() or (api.permissions if api else ())
        wanted = [scope for scope in requested if scope in in_words]
        choices = []
        for user in self._server.directory.users:
            permitted = self._server.permitted(user, asked.client, api, " ".join(wanted))
            choices.append((user, [in_words[scope] for scope in wanted if scope not in permitted]))
        asks = [in_words[scope] for scope in wanted]
        return page(request, "sign_in.html", {"client": asked.client, "wanted": asks, "choices": choices})


def _check(asked: FormRequest) -> None:
    """Refuse what Authlib does not look at, or answers with a puzzle.

    Raises
    ------
    OAuth2Error
        For the first fault.

    """
    given = asked.payload.data
    if asked.repeated:
        raise InvalidRequestError("Each parameter must be there once")
    if "response_type" not in given:
        raise InvalidRequestError("Missing response_type; it must be code")
    if given["response_type"] != "code":
        raise OAuth2Error("response_type must be code", error="unsupported_response_type")
    if given.get("response_mode", "query") not in RESPONSE_MODES:
        raise InvalidRequestError(f"response_mode must be {' or '.join(RESPONSE_MODES)}")
    prompts = given.get("prompt", "").split()
    if not {*prompts} <= {*PROMPTS} or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt must be none, or of login, consent and select_account")
    if not re.fullmatch("[0-9]{0,9}", given.get("max_age", "")):
        raise InvalidRequestError("max_age must be a number of seconds")
    if "request" in given:
        raise RequestNotSupportedError("Send the parameters themselves")
    if "request_uri" in given:
        raise RequestURINotSupportedError("Send the parameters themselves")


def _delivered(request: Request, asked: FormRequest, response: Response) -> Response:
    """Send the answer as `response_mode` asks: by redirect, or as a message to the waiting window."""
    if asked.payload.data.get("response_mode") != "web_message":
        return response
    location = urlsplit(response.headers["location"])
    message: dict[str, Any] = {
        "type": "authorization_response",
        "response": dict(parse_qsl(location.query, keep_blank_values=True)),
    }
    origin = f"{location.scheme}://{location.netloc}"
    # Within a script element, no text may end it.
    data = json.dumps({"message": message, "origin": origin}).replace("<", "\\u003c")
    return message_page(request, data, origin, secrets.token_urlsafe(16))
