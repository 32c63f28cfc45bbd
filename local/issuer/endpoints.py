"""What an application asks besides tokens: to revoke one, to sign the user out, who the user is."""

from typing import Any, Final, override

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6750 import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet

from local.issuer.directory import Client
from local.issuer.grants import ANY_CLIENT
from local.issuer.ledger import AccessToken, Ledger, RefreshToken
from local.issuer.server import FormRequest, Server


class Revocation(RevocationEndpoint):
    """Token revocation (RFC 7009). A refresh token takes along all that came of its sign-in, as in Auth0."""

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
    """Logout that an application starts (OpenID Connect RP-Initiated Logout 1.0)."""

    @override
    def get_server_jwks(self) -> KeySet:
        return KeySet.import_key_set(self.server.tokens.keys.jwks())

    @override
    def is_post_logout_redirect_uri_legitimate(self, *_: object) -> bool:
        return True  # the address is one of the application's own, and nobody but the user loses a session

    @override
    def _is_valid_post_logout_redirect_uri(self, client: Client, post_logout_redirect_uri: str) -> bool:
        return client.may_log_out_to(post_logout_redirect_uri)


def userinfo(server: Server, authorization: str) -> dict[str, Any]:
    """Return what an access token shows of its user (OpenID Connect Core 1.0, section 5.3).

    `authorization` is that header. The token is one that this server gave, and did not revoke.

    Raises
    ------
    OAuth2Error
        If there is none such, or it lacks the scope `openid` (RFC 6750, section 3.1).

    """
    scheme, _, value = authorization.partition(" ")
    token = server.ledger.good_access_token(value.strip()) if scheme.lower() == "bearer" else None
    user = server.directory.user(token.grant.user_id) if token else None
    if not token or not user or not server.directory.client(token.grant.client_id):
        raise InvalidTokenError
    scope = token.scope.split()
    if "openid" not in scope:
        raise InsufficientScopeError
    return server.tokens.profile(user, scope, token.grant.auth_time)
