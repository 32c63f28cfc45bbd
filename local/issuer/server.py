"""The OAuth 2.0 rules on Authlib's server core, with Auth0's behaviour where it differs from the standard."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, InvalidGrantError
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.issuer.directory import OPENID_SCOPES, Api, Client, Directory, User
from local.issuer.ledger import Grant, Ledger, RefreshToken
from local.issuer.requests import FormRequest
from local.issuer.seed import Seed
from local.issuer.tokens import TokenIssuer

# RFC 6749, section 5.2, uses 400 for all of these.
_AUTH0_STATUS: Final = {
    "access_denied": 403,
    "invalid_grant": 403,
    "unauthorized_client": 403,
    "unsupported_grant_type": 403,
}


class Server(AuthorizationServer):
    """Authlib's server, holding its state in memory."""

    def __init__(self, seed: Seed, tokens: TokenIssuer) -> None:
        """Serve the users and applications of one seed."""
        super().__init__()
        self._seed = seed
        self.tokens = tokens
        self.ledger = Ledger(tokens.clock)

    @property
    def directory(self) -> Directory:
        """The present users, applications and APIs."""
        return self._seed.directory

    def requested_api(self, parameters: Mapping[str, str]) -> Api | None:
        """Return the API that `audience` names, or nothing: then tokens are for /userinfo only.

        Raises
        ------
        AccessDeniedError
            If no API has this audience; the error is Auth0's.

        """
        audience = parameters.get("audience")
        api = self.directory.api(audience)
        if audience and not api:
            raise AccessDeniedError("Service not found: no API has this audience")
        return api

    def permitted(self, user: User, client: Client, api: Api | None, requested: str) -> list[str]:
        """Return the requested scopes that the user's role permits, in the order of the request.

        A request without scopes means all that the role permits at the API.
        """
        permissions = self.directory.permissions(user, api)
        openid_scopes = set(OPENID_SCOPES)
        if not client.check_grant_type("refresh_token"):
            openid_scopes.remove("offline_access")
        scopes = dict.fromkeys(requested.split() or permissions)
        return [scope for scope in scopes if scope in permissions or scope in openid_scopes]

    def user_response(
        self,
        grant: Grant,
        requested: str,
        *,
        nonce: str | None = None,
        predecessor: RefreshToken | None = None,
    ) -> dict[str, Any]:
        """Return the token response for a grant, with the requested scopes that still apply.

        `predecessor` is the refresh token that is exchanged.

        Raises
        ------
        InvalidGrantError
            If the user, the application or the API is gone.

        """
        user, client = self.directory.user(grant.user_id), self.directory.client(grant.client_id)
        api = self.directory.api(grant.audience)
        if not user or not client or (grant.audience and not api):
            raise InvalidGrantError("The user, the application or the API is no longer in seed.toml")
        permitted = self.permitted(user, client, api, grant.scope) if grant.scope else []
        scopes = dict.fromkeys(requested.split() or grant.scope.split())
        scope = [name for name in scopes if name in permitted]
        permissions = self.directory.permissions(user, api)
        response = self.tokens.for_user(user, client, api, scope, permissions)
        self.ledger.add_access_token(
            response["access_token"], grant, response["scope"], response["expires_in"]
        )
        if "openid" in scope:
            profile = self.tokens.profile(user, scope, grant.auth_time)
            response["id_token"] = self.tokens.id_token(client, profile, grant.auth_time, nonce)
        if "offline_access" in permitted:
            response["refresh_token"] = self.ledger.new_refresh_token(grant, predecessor)
        return response

    def query_client(self, client_id: str) -> Client | None:
        return self.directory.client(client_id)

    @override
    def authenticate_client(
        self, request: FormRequest, methods: Iterable[str], endpoint: str = "token"
    ) -> Client:
        """Authenticate the application (RFC 6749, section 2.3).

        Raises
        ------
        InvalidRequestError
            If the request authenticates it twice.
        InvalidClientError
            If it is unknown, or its authentication fails.

        """
        try:
            request.merge_basic_credentials()
            client: Client = super().authenticate_client(request, methods, endpoint)
        except ValueError:  # the credentials are not text
            raise InvalidClientError from None
        return client

    def save_token(self, token: object, request: object) -> None:
        """Do nothing: the ledger has stored the token."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Do nothing: there are no receivers."""

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        return request

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> Response:
        fields = dict(headers)
        if "Location" in fields:
            return RedirectResponse(fields["Location"], status, {"Cache-Control": "no-store"})
        return JSONResponse(body, status, fields)

    @override
    def handle_error_response(self, request: FormRequest, error: OAuth2Error) -> Response:
        """Redirect the error to the application if its address is safe, or return it in Auth0's form."""
        error.description = error.get_error_description()  # some errors define it as a method only
        status, body, headers = error()
        if error.redirect_uri:
            return self.handle_response(status, body, headers)
        if error.error == "invalid_client":
            body = {"error": "access_denied", "error_description": "Unauthorized"}
            headers = [(name, value) for name, value in headers if name != "WWW-Authenticate"]
            # Without a request for it, this header would make a browser ask for a password.
            if "authorization" in request.headers:
                headers.append(("WWW-Authenticate", 'Basic realm="client"'))
            return self.handle_response(401, body, headers)
        return self.handle_response(_AUTH0_STATUS.get(error.error, status), body, headers)
