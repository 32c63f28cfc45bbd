"""The authorization endpoint: who signs in, whether they are asked, and how the answer travels."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from local.issuer.directory import OPENID_SCOPES, User
from local.issuer.pages import error_page, page, templates
from local.issuer.server import FormRequest, Server
from local.issuer.sessions import Sessions, SignIn

COOKIE: Final = "sign_in"
PROMPTS: Final = {"none", "login", "consent", "select_account"}
"""OpenID Connect Core 1.0, section 3.1.2.1."""


class AuthorizationEndpoint:
    """Answers RFC 6749, section 3.1, and OpenID Connect Core 1.0, section 3.1.2."""

    def __init__(self, server: Server, sessions: Sessions) -> None:
        """Sign users in to one server's applications."""
        self._server = server
        self._sessions = sessions

    async def respond(self, request: Request) -> Response:
        """Serve a request for a code, and what its user chose on the page."""
        query = request.query_params.multi_items()
        # What is chosen on the page is about the same request: its parameters are in the address still.
        asked = FormRequest("GET", str(request.url), query, request.headers)
        chosen = await request.form() if request.method == "POST" else None
        try:
            grant = self._server.get_consent_grant(asked)
        except OAuth2Error as error:
            return self._refused(request, asked, error)
        except ValueError:  # Authlib does not take just any character into its error texts
            return self._refused(request, asked, InvalidRequestError("The request is malformed"))
        given, client = asked.payload.data, asked.client
        try:
            requested = self._requested_scope(asked)
            cookie = request.cookies.get(COOKIE)
            sign_in = self._signed_in(given, self._sessions.find(cookie), requested, client.id, chosen)
        except OAuth2Error as error:
            error.redirect_uri, error.state = grant.redirect_uri, given.get("state")
            return self._refused(request, asked, error)
        if not sign_in:
            return self._page(request, asked, requested)
        sign_in.allow(client.id, requested)
        response = self._server.create_authorization_response(asked, grant_user=sign_in, grant=grant)
        response = _delivered(request, asked, response)
        if sign_in is not self._sessions.find(cookie):
            self._sessions.end(cookie)
            response.set_cookie(COOKIE, self._sessions.add(sign_in), httponly=True, samesite="lax")
        return response

    def _requested_scope(self, asked: FormRequest) -> str:
        """Return the scopes asked for; where none are, all of the API's."""
        api = self._server.requested_api(asked.payload.data)
        scope: str = asked.scope
        return scope or " ".join(api.permissions if api else ())

    def _signed_in(
        self,
        given: dict[str, str],
        session: SignIn | None,
        requested: str,
        client_id: str,
        chosen: FormData | None,
    ) -> SignIn | None:
        """Return who is signed in, or nobody where a page must ask.

        Raises
        ------
        OAuth2Error
            If the user refused, or no page may ask.

        """
        prompts = set(given.get("prompt", "").split())
        if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
            raise InvalidRequestError("prompt must be none, or of login, consent and select_account")
        hinted = self._server.directory.user(given.get("login_hint"))
        if chosen is not None:
            if "refuse" in chosen:
                raise AccessDeniedError("User did not authorize the request")
            user = self._server.directory.user(str(chosen.get("user")))
            return self._new_sign_in(user, session) if user else None
        if hinted and "none" not in prompts:
            return self._new_sign_in(hinted, session)
        if session and (not self._recent(session, given) or (hinted and hinted.id != session.user_id)):
            session = None
        if "none" in prompts:
            if not session:
                raise LoginRequiredError("Login required")
            if not session.allows(client_id, requested):
                raise ConsentRequiredError("Consent required")
            return session
        return session if session and not prompts and session.allows(client_id, requested) else None

    def _new_sign_in(self, user: User, before: SignIn | None) -> SignIn:
        allowed = before.allowed if before and before.user_id == user.id else {}
        return SignIn(user.id, int(self._server.tokens.clock()), allowed)

    def _recent(self, session: SignIn, given: dict[str, str]) -> bool:
        """Whether a sign-in still counts: the user is there, and `max_age` (seconds) is not over."""
        if not self._server.directory.user(session.user_id):
            return False
        max_age = given.get("max_age")
        if max_age is None:
            return True
        if not (max_age.isascii() and max_age.isdecimal()):
            raise InvalidRequestError("max_age must be a number of seconds")
        return session.auth_time + int(max_age) > self._server.tokens.clock()

    def _page(self, request: Request, asked: FormRequest, requested: str) -> Response:
        """Ask who signs in, and whether the application may have what it asks for."""
        directory = self._server.directory
        api = self._server.requested_api(asked.payload.data)
        in_words = OPENID_SCOPES | (api.permissions if api else {})
        wanted = [scope for scope in requested.split() if scope in in_words]
        choices = []
        for user in directory.users:
            permitted = self._server.permitted(user, asked.client, api, requested)
            choices.append((user, [in_words[scope] for scope in wanted if scope not in permitted]))
        shown = {
            "client": asked.client,
            "api": api,
            "wanted": [in_words[scope] for scope in wanted],
            "choices": choices,
        }
        return page(request, "sign_in.html", shown)

    def _refused(self, request: Request, asked: FormRequest, error: OAuth2Error) -> Response:
        """Tell the application, where its address is known to be its own; else whoever looks at the page."""
        client = self._server.query_client(asked.payload.client_id)
        address = asked.payload.redirect_uri
        once = all(len(asked.payload.datalist.get(name, ())) == 1 for name in ("client_id", "redirect_uri"))
        if once and client and client.check_redirect_uri(address):
            error.redirect_uri, error.state = address, asked.payload.state
            return _delivered(request, asked, self._server.handle_error_response(asked, error))
        return error_page(request, error.error, error.get_error_description())


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
    return templates.TemplateResponse(request, "web_message.html", {"data": data})
