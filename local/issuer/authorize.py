"""The authorization endpoint: decide who is signed in, or ask on a page."""

import re
from typing import Final
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oidc.core.errors import (
    ConsentRequiredError,
    LoginRequiredError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)
from starlette.requests import Request
from starlette.responses import Response

from local.issuer.delivery import RESPONSE_MODES, deliver
from local.issuer.directory import OPENID_SCOPES, User
from local.issuer.pages import error_page, page
from local.issuer.requests import FormRequest, form_request, query_request
from local.issuer.server import Server
from local.issuer.sessions import Sessions, SignIn

COOKIE: Final = "sign_in"
PROMPTS: Final = ("none", "login", "consent", "select_account")
"""OpenID Connect Core 1.0, section 3.1.2.1."""


class AuthorizationEndpoint:
    """Serves RFC 6749, section 3.1, and OpenID Connect Core 1.0, section 3.1.2."""

    def __init__(self, server: Server, sessions: Sessions) -> None:
        """Sign users in to one server's applications."""
        self._server = server
        self._sessions = sessions

    async def respond(self, request: Request) -> Response:
        """Serve an authorization request, or the choice that a user made on its page."""
        asked, choice = query_request(request), None
        if request.method == "POST":
            # The page posts to an address that holds the request; an application posts the request itself.
            form = await form_request(request)
            asked, choice = (asked, form.form) if request.url.query else (form, None)
        if fault := self._redirect_fault(asked):
            return error_page(request, "invalid_request", fault)
        cookie = request.cookies.get(COOKIE)
        session = self._sessions.find(cookie)
        issuer = self._server.tokens.issuer
        try:
            _check(asked)
            grant = self._server.get_consent_grant(asked)
            self._server.requested_api(asked.payload.data)
            sign_in = self._sign_in(asked, session, choice)
        except OAuth2Error as error:
            error.redirect_uri, error.state = asked.payload.redirect_uri, asked.payload.state
            return deliver(request, asked, self._server.handle_error_response(asked, error), issuer)
        if not sign_in:
            return self._page(request, asked)
        sign_in.allow(*self._consent(asked, sign_in.user_id))
        response = self._server.create_authorization_response(asked, grant_user=sign_in, grant=grant)
        response = deliver(request, asked, response, issuer)
        if sign_in is not session:
            self._sessions.end(cookie)
            response.set_cookie(COOKIE, self._sessions.add(sign_in), httponly=True, samesite="lax")
        return response

    def _redirect_fault(self, asked: FormRequest) -> str:
        """Return why no response may go to the redirect URI, or nothing (RFC 6749, section 4.1.2.1)."""
        given = asked.payload
        client = self._server.query_client(given.client_id)
        if not client:
            return "client_id must name an application of seed.toml"
        if not given.redirect_uri or not client.check_redirect_uri(given.redirect_uri):
            return f"redirect_uri must be one of the callbacks of {client.id} in seed.toml"
        if {"client_id", "redirect_uri"}.intersection(asked.repeated):
            return "client_id and redirect_uri may be sent once only"
        return ""

    def _sign_in(
        self, asked: FormRequest, session: SignIn | None, choice: dict[str, str] | None
    ) -> SignIn | None:
        """Return the user's sign-in, or nothing if the page must ask.

        Raises
        ------
        OAuth2Error
            If the user refused, or the page would have to ask and `prompt` is `none`.

        """
        given, directory = asked.payload.data, self._server.directory
        prompts = given.get("prompt", "").split()
        if choice is not None:
            if "refuse" in choice:
                raise AccessDeniedError("User did not authorize the request")
            user = directory.user(choice.get("user"))
            return self._new_sign_in(user, session) if user else None
        hinted = directory.hinted(given.get("login_hint"))
        if hinted and "none" not in prompts:
            return self._new_sign_in(hinted, session)
        if session and not self._is_expected(session, given, hinted):
            session = None
        allowed = session and session.allows(*self._consent(asked, session.user_id))
        if "none" in prompts and not session:
            raise LoginRequiredError("Login required")
        if "none" in prompts and not allowed:
            raise ConsentRequiredError("Consent required")
        return session if allowed and prompts in ([], ["none"]) else None

    def _new_sign_in(self, user: User, before: SignIn | None) -> SignIn:
        allowed = before.allowed if before and before.user_id == user.id else {}
        return SignIn(user.id, int(self._server.tokens.clock()), allowed)

    def _is_expected(self, session: SignIn, given: dict[str, str], hinted: User | None) -> bool:
        """Return whether a session is recent enough and of the user that the request expects.

        `max_age` is in seconds. `id_token_hint` is an ID token of this server's, expired or not
        (OpenID Connect Core 1.0, section 3.1.2.1).
        """
        if not self._server.directory.user(session.user_id):
            return False
        max_age, hint = given.get("max_age"), given.get("id_token_hint")
        if max_age and session.auth_time + int(max_age) <= self._server.tokens.clock():
            return False
        if hint and self._server.tokens.subject(hint) != session.user_id:
            return False
        return not hinted or hinted.id == session.user_id

    def _consent(self, asked: FormRequest, user_id: str) -> tuple[str, str | None, list[str]]:
        """Return the application, the audience and the permitted scopes that a user consents to."""
        api = self._server.requested_api(asked.payload.data)
        user = self._server.directory.user(user_id)
        scopes = self._server.permitted(user, asked.client, api, asked.scope) if user else []
        return asked.client.id, asked.payload.data.get("audience"), scopes

    def _page(self, request: Request, asked: FormRequest) -> Response:
        """Show the users to choose from, with the scopes that the application requests."""
        api = self._server.requested_api(asked.payload.data)
        words = OPENID_SCOPES | (api.permissions if api else {})
        requested = asked.scope.split() or (api.permissions if api else ())
        known = [scope for scope in requested if scope in words]
        choices = []
        for user in self._server.directory.users:
            permitted = self._server.permitted(user, asked.client, api, " ".join(known))
            choices.append((user, [words[scope] for scope in known if scope not in permitted]))
        shown = {
            "client": asked.client,
            "requested": [words[scope] for scope in known],
            "choices": choices,
            "action": f"/authorize?{urlencode(asked.payload.data)}",
        }
        return page(request, "sign_in.html", shown)


def _check(asked: FormRequest) -> None:
    """Refuse faults that Authlib accepts or reports unclearly.

    Raises
    ------
    OAuth2Error
        For the first fault.

    """
    given = asked.payload.data
    if asked.repeated:
        raise InvalidRequestError("Each parameter may be sent once only")
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
