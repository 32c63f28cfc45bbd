"""The OAuth 2.0 rules, on Authlib's server core, with Auth0's manners where they differ from the standard."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, InvalidGrantError, OAuth2Request
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.issuer.directory import OPENID_SCOPES, Api, Client, Directory, Seed, User
from local.issuer.ledger import Grant, Ledger
from local.issuer.tokens import TokenIssuer

# RFC 6749, section 5.2, says 400 for all of these.
_AUTH0_STATUS: Final = {
    "access_denied": 403,
    "invalid_grant": 403,
    "unauthorized_client": 403,
    "unsupported_grant_type": 403,
}


class FormRequest(OAuth2Request):
    """A request whose parameters are already read, from a query, a form or JSON."""

    def __init__(
        self, method: str, parameters: Iterable[tuple[str, str]], headers: Mapping[str, str]
    ) -> None:
        """Wrap one HTTP request."""
        # By which name this machine was called is nothing to the rules; Authlib would refuse some.
        super().__init__(method, "http://127.0.0.1/", headers=headers)
        self.payload = _Payload(parameters)

    @property
    def repeated(self) -> list[str]:
        """The names of parameters that came more than once."""
        return [name for name, values in self.payload.datalist.items() if len(values) > 1]

    @property
    @override
    def args(self) -> dict[str, str]:
        return self.form

    @property
    @override
    def form(self) -> dict[str, str]:
        data: dict[str, str] = self.payload.data
        return data


class _Payload(BasicOAuth2Payload):
    """Parameters that may have come more than once; an empty one is none (RFC 6749, section 3.1)."""

    def __init__(self, parameters: Iterable[tuple[str, str]]) -> None:
        self._lists: dict[str, list[str]] = {}
        for name, value in parameters:
            if value:
                self._lists.setdefault(name, []).append(value)
        super().__init__({name: values[-1] for name, values in self._lists.items()})

    @property
    @override
    def datalist(self) -> dict[str, list[str]]:
        return self._lists


class Server(AuthorizationServer):
    """Authlib's server, holding its state in memory."""

    def __init__(self, seed: Seed, tokens: TokenIssuer) -> None:
        """Serve one file's users and applications."""
        super().__init__()
        self._seed = seed
        self.tokens = tokens
        self.ledger = Ledger(tokens.clock)

    @property
    def directory(self) -> Directory:
        """Who and what is known."""
        return self._seed.directory

    def requested_api(self, parameters: Mapping[str, str]) -> Api | None:
        """Return the API that `audience` names; without one, tokens are for /userinfo alone.

        Raises
        ------
        AccessDeniedError
            If there is none, as Auth0 answers.

        """
        audience = parameters.get("audience")
        api = self.directory.api(audience)
        if audience and not api:
            raise AccessDeniedError("Service not found: no API has this audience")
        return api

    def permitted(self, user: User, client: Client, api: Api | None, requested: str) -> list[str]:
        """Return the scopes that were asked for and that the user's role permits, in the order asked.

        Where no scope is asked for, all that the role permits at the API.
        """
        permissions = self.directory.permissions(user, api)
        of_openid = set(OPENID_SCOPES)
        if not client.check_grant_type("refresh_token"):
            of_openid.remove("offline_access")
        asked = requested.split() or permissions
        return [scope for scope in dict.fromkeys(asked) if scope in permissions or scope in of_openid]

    def user_response(
        self, grant: Grant, requested: str, *, nonce: str | None = None, generation: int = 0
    ) -> dict[str, Any]:
        """Return the token response to a grant: what is asked for now, was granted, and is still permitted.

        `generation` is that of the refresh token in it.

        Raises
        ------
        InvalidGrantError
            If the user, the application or the API is no longer there.

        """
        user, client = self.directory.user(grant.user_id), self.directory.client(grant.client_id)
        api = self.directory.api(grant.audience)
        if not user or not client or (grant.audience and not api):
            raise InvalidGrantError("The user, the application or the API is no longer in seed.toml")
        permitted = self.permitted(user, client, api, grant.scope) if grant.scope else []
        asked = requested.split() or grant.scope.split()
        scope = [one for one in dict.fromkeys(asked) if one in permitted]
        permissions = self.directory.permissions(user, api)
        response = self.tokens.for_user(user, client, api, scope, permissions)
        self.ledger.add_access_token(
            response["access_token"], grant, response["scope"], response["expires_in"]
        )
        if "openid" in scope:
            profile = self.tokens.profile(user, scope, grant.auth_time)
            response["id_token"] = self.tokens.id_token(client, profile, grant.auth_time, nonce)
        if "offline_access" in permitted:
            response["refresh_token"] = self.ledger.new_refresh_token(grant, generation)
        return response

    def query_client(self, client_id: str) -> Client | None:
        return self.directory.client(client_id)

    @override
    def authenticate_client(
        self, request: FormRequest, methods: Iterable[str], endpoint: str = "token"
    ) -> Client:
        """Find out which application asks (RFC 6749, section 2.3).

        Raises
        ------
        InvalidClientError
            If it is none, or can't prove that it is the one.

        """
        try:
            client: Client = super().authenticate_client(request, methods, endpoint)
        except ValueError:  # credentials that are no text
            raise InvalidClientError from None
        return client

    def save_token(self, token: object, request: object) -> None:
        """Keep nothing more: the ledger has it."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        return request

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> Response:
        fields = dict(headers)
        if "Location" in fields:
            return RedirectResponse(fields["Location"], status, {"Cache-Control": "no-store"})
        return JSONResponse(body, status, fields)

    @override
    def handle_error_response(self, request: FormRequest, error: OAuth2Error) -> Response:
        """Answer with an error: to the application's address where one is safe, else as Auth0 does."""
        error.description = error.get_error_description()  # some have it in that form only
        status, body, headers = error()
        if error.redirect_uri:
            return self.handle_response(status, body, headers)
        if error.error == "invalid_client":
            body = {"error": "access_denied", "error_description": "Unauthorized"}
            headers = [(name, value) for name, value in headers if name != "WWW-Authenticate"]
            # Unasked, this header would make a browser open a window for a password.
            if "authorization" in request.headers:
                headers.append(("WWW-Authenticate", 'Basic realm="client"'))
            return self.handle_response(401, body, headers)
        return self.handle_response(_AUTH0_STATUS.get(error.error, status), body, headers)
