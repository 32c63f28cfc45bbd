"""What an application asks besides a token: who the user is, to revoke a token, to sign the user out."""

from typing import Any, Final, override

from authlib.oauth2.rfc6749 import InvalidRequestError, ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator, InvalidTokenError
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

    @override
    def end_session(self, end_session_request: object) -> None:
        """Leave it to the application around, which has the cookie."""


class _KnownToken(BearerTokenValidator):
    """Takes access tokens that this server gave to users, and has not revoked."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    @override
    def authenticate_token(self, token_string: str) -> AccessToken | None:
        return self._ledger.access_token(token_string)


class UserInfo:
    """The UserInfo endpoint (OpenID Connect Core 1.0, section 5.3)."""

    def __init__(self, server: Server) -> None:
        """Tell of the users of one server."""
        self._server = server
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_KnownToken(server.ledger))

    def claims(self, request: FormRequest) -> dict[str, Any]:
        """Return what the access token's scopes show of its user.

        Raises
        ------
        OAuth2Error
            If the token is missing, unknown, expired or revoked, or lacks the scope `openid`.

        """
        token: AccessToken = self._protector.validate_request(["openid"], request)
        user = self._server.directory.user(token.grant.user_id)
        if not user:
            raise InvalidTokenError
        return self._server.tokens.profile(user, token.scope.split(), token.grant.auth_time)
