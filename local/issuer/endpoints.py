"""Endpoints besides the token endpoint: revocation, userinfo, and logout started by an application."""

from typing import Any, Final, override

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6750 import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet
from starlette.requests import Request

from local.issuer.directory import Client
from local.issuer.grants import ANY_CLIENT
from local.issuer.ledger import AccessToken, Ledger, RefreshToken
from local.issuer.requests import FormRequest, body_request
from local.issuer.server import Server


class Revocation(RevocationEndpoint):
    """Token revocation (RFC 7009). As in Auth0, revoking a refresh token ends its whole grant."""

    CLIENT_AUTH_METHODS: Final = ANY_CLIENT

    @override
    def check_params(self, request: FormRequest, client: Client) -> None:
        if "token" not in request.form:
            raise InvalidRequestError("Missing token")

    def query_token(self, token_string: str, _hint: str | None) -> RefreshToken | AccessToken | None:
        ledger: Ledger = self.server.ledger
        return ledger.find(token_string)

    def revoke_token(self, token: RefreshToken | AccessToken, _request: FormRequest) -> None:
        if isinstance(token, RefreshToken):
            token.grant.ended = True
        else:
            token.revoked = True


class Logout(EndSessionEndpoint):
    """Logout started by an application (OpenID Connect RP-Initiated Logout 1.0)."""

    @override
    def get_server_jwks(self) -> KeySet:
        keys: KeySet = self.server.tokens.keys.key_set()
        return keys

    @override
    def is_post_logout_redirect_uri_legitimate(self, *_: object) -> bool:
        return True  # the address is the application's own, and only this user's session ends

    @override
    def _is_valid_post_logout_redirect_uri(self, client: Client, post_logout_redirect_uri: str) -> bool:
        return client.may_log_out_to(post_logout_redirect_uri)


async def bearer_token(request: Request) -> str | None:
    """Return the bearer token of the header or of the form (RFC 6750, sections 2.1 and 2.2).

    Raises
    ------
    InvalidRequestError
        If both hold one.
    InvalidTokenError
        If the header is of another scheme.

    """
    header = request.headers.get("authorization")
    form = None
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = (await body_request(request)).form.get("access_token")
    if header is None:
        return form
    if form:
        raise InvalidRequestError("Send the access token once: in the header or in the body")
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidTokenError
    return value.strip()


def userinfo(server: Server, value: str | None) -> dict[str, Any]:
    """Return the claims about the user of an access token (OpenID Connect Core 1.0, section 5.3).

    Raises
    ------
    InvalidTokenError
        If this server did not issue the token, revoked it, or no longer knows its user or application.
    InsufficientScopeError
        If it lacks the scope `openid`.

    """
    token = server.ledger.good_access_token(value) if value else None
    user = server.directory.user(token.grant.user_id) if token else None
    if not token or not user or not server.directory.client(token.grant.client_id):
        raise InvalidTokenError
    scope = token.scope.split()
    if "openid" not in scope:
        raise InsufficientScopeError
    return server.tokens.profile(user, scope, token.grant.auth_time)
