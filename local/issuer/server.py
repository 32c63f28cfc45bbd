"""The OAuth 2.0 rules, on Authlib's server core: which grants there are and what each needs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from starlette.responses import JSONResponse, RedirectResponse, Response

from local.issuer.directory import Api, Directory, User
from local.issuer.tokens import TokenIssuer

CODE_LIFETIME: Final = 60
"""Seconds."""


class FormRequest(OAuth2Request):
    """A request whose parameters are already read, from a query, a form or JSON."""

    def __init__(
        self, method: str, uri: str, parameters: Mapping[str, str], headers: Mapping[str, str]
    ) -> None:
        """Wrap one HTTP request."""
        super().__init__(method, uri, headers=headers)
        self._parameters = dict(parameters)
        self.payload = BasicOAuth2Payload(self._parameters)

    @property
    @override
    def args(self) -> dict[str, str]:
        return self._parameters

    @property
    @override
    def form(self) -> dict[str, str]:
        return self._parameters


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What a code stands for, until it is redeemed."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    api: Api
    user: User
    code_challenge: str | None
    code_challenge_method: str | None
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class Server(AuthorizationServer):
    """Authlib's server, holding its state in memory."""

    def __init__(self, directory: Directory, tokens: TokenIssuer) -> None:
        """Serve one directory's users and applications."""
        super().__init__()
        self.directory = directory
        self.tokens = tokens
        self.codes: dict[str, AuthorizationCode] = {}
        self.register_grant(AuthorizationCodeGrant, [ProofKey(), check_audience])
        self.register_grant(ClientCredentialsGrant)

    def query_client(self, client_id: str) -> object:
        return self.directory.client(client_id)

    def save_token(self, token: object, request: object) -> None:
        """Keep nothing: access tokens stand for themselves."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        return request

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> Response:
        fields = dict(headers)
        if "Location" in fields:
            return RedirectResponse(fields["Location"], status)
        return JSONResponse(body, status, fields)


class ProofKey(CodeChallenge):
    """Proof key for code exchange (RFC 7636), S256 only, required of public clients."""

    SUPPORTED_CODE_CHALLENGE_METHOD: Final = ("S256",)

    @override
    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        given = grant.request.payload.data
        if grant.request.client.is_public and "code_challenge" not in given:
            raise InvalidRequestError("Missing code_challenge; this application must use PKCE")
        if "code_challenge" in given and given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256")


def check_audience(grant: Any) -> None:
    """Refuse an authorization request for an API that does not exist."""

    def check(grant: Any, _redirect_uri: str) -> None:
        requested_api(grant.server.directory, grant.request.payload.data)

    grant.register_hook("after_validate_authorization_request_payload", check)


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """Authorization code (RFC 6749, section 4.1)."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ("none", "client_secret_post", "client_secret_basic")

    def save_authorization_code(self, code: str, request: FormRequest) -> None:
        given = request.payload.data
        self.server.codes[code] = AuthorizationCode(
            code=code,
            client_id=request.client.id,
            redirect_uri=given["redirect_uri"],
            scope=request.scope,
            api=requested_api(self.server.directory, given),
            user=request.user,
            code_challenge=given.get("code_challenge"),
            code_challenge_method=given.get("code_challenge_method"),
            expires_at=time.monotonic() + CODE_LIFETIME,
        )

    def query_authorization_code(self, code: str, client: Any) -> AuthorizationCode | None:
        found: AuthorizationCode | None = self.server.codes.get(code)
        usable = found and found.client_id == client.id and time.monotonic() < found.expires_at
        return found if usable else None

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        del self.server.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: AuthorizationCode) -> User:
        return authorization_code.user

    @override
    def generate_token(self, *, user: User, scope: str, **_: object) -> dict[str, Any]:
        api = self.request.authorization_code.api
        response: dict[str, Any] = self.server.tokens.user_token(user, self.request.client, api, scope)
        return response


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    """Client credentials (RFC 6749, section 4.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ("client_secret_post", "client_secret_basic")

    @override
    def generate_token(self, *, scope: str | None = None, **_: object) -> dict[str, Any]:
        api = requested_api(self.server.directory, self.request.form)
        response: dict[str, Any] = self.server.tokens.client_token(self.request.client, api, scope or "")
        return response


def requested_api(directory: Directory, parameters: Mapping[str, str]) -> Api:
    """Return the API that `audience` names.

    Raises
    ------
    AccessDeniedError
        If there is none, as Auth0 answers.

    """
    api = directory.api(parameters.get("audience"))
    if not api:
        raise AccessDeniedError("Service not found: no API has this audience")
    return api
