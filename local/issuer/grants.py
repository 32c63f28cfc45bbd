"""The grants: authorization code with PKCE, refresh token, client credentials."""

from typing import TYPE_CHECKING, Any, Final, override

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oauth2.rfc7636 import CodeChallenge

from local.issuer.ledger import Grant, RefreshToken
from local.issuer.requests import FormRequest
from local.issuer.server import Server

if TYPE_CHECKING:
    from local.issuer.sessions import SignIn

ANY_CLIENT: Final = ("none", "client_secret_post", "client_secret_basic")
WITH_SECRET: Final = ("client_secret_post", "client_secret_basic")


def register_grants(server: Server) -> None:
    """Register the three grants with a server."""
    server.register_grant(AuthorizationCodeGrant, [ProofKey()])
    server.register_grant(RefreshTokenGrant)
    server.register_grant(ClientCredentialsGrant)


class ProofKey(CodeChallenge):
    """Proof key for code exchange (RFC 7636): S256 only, and required for public clients."""

    @override
    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        given = grant.request.payload.data
        if grant.request.client.is_public and "code_challenge" not in given:
            raise InvalidRequestError("Missing code_challenge; this application must use PKCE")
        if "code_challenge" in given and given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256")

    @override
    def validate_code_verifier(self, grant: Any, result: object) -> None:
        try:
            super().validate_code_verifier(grant, result)
        except InvalidGrantError:
            raise InvalidGrantError("Failed to verify code verifier") from None


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    """Authorization code (RFC 6749, section 4.1)."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ANY_CLIENT

    def save_authorization_code(self, code: str, request: FormRequest) -> None:
        server: Server = self.server
        given = request.payload.data
        signed_in: SignIn = request.user
        user = server.directory.user(signed_in.user_id)
        api = server.requested_api(given)
        permitted = server.permitted(user, request.client, api, request.scope) if user else []
        grant = Grant(
            client_id=request.client.id,
            user_id=signed_in.user_id,
            audience=given.get("audience"),
            scope=" ".join(permitted),
            redirect_uri=given["redirect_uri"],
            auth_time=signed_in.auth_time,
            nonce=given.get("nonce"),
            code_challenge=given.get("code_challenge"),
            code_challenge_method=given.get("code_challenge_method"),
            issued_at=server.tokens.clock(),
        )
        server.ledger.add_code(code, grant)

    def query_authorization_code(self, code: str, client: Any) -> Grant:
        grant: Grant = self.server.ledger.redeemable(code, client)
        return grant

    def delete_authorization_code(self, authorization_code: Grant) -> None:
        authorization_code.redeemed = True  # kept, so that a second use is recognised

    def authenticate_user(self, authorization_code: Grant) -> Grant:
        return authorization_code

    @override
    def generate_token(self, *, user: Grant, scope: str, **_: object) -> dict[str, Any]:
        response: dict[str, Any] = self.server.user_response(user, scope, nonce=user.nonce)
        return response


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """Refresh token (RFC 6749, section 6) with rotation (RFC 9700, section 4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = ANY_CLIENT

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken:
        found: RefreshToken = self.server.ledger.refreshable(refresh_token, self.request.client)
        return found

    def authenticate_user(self, refresh_token: RefreshToken) -> Grant:
        return refresh_token.grant

    @override
    def _validate_token_scope(self, token: RefreshToken) -> None:
        """Accept any scope; the response never has more than was granted."""

    @override
    def issue_token(self, user: Grant, refresh_token: RefreshToken) -> dict[str, Any]:
        response: dict[str, Any] = self.server.user_response(
            user, self.request.payload.scope or "", predecessor=refresh_token
        )
        return response

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        self.server.ledger.exchange(refresh_token)


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    """Client credentials (RFC 6749, section 4.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS: Final = WITH_SECRET

    @override
    def generate_token(self, *, scope: str | None = None, **_: object) -> dict[str, Any]:
        server: Server = self.server
        client = self.request.client
        api = server.requested_api(self.request.form)
        if not api:
            raise InvalidRequestError("Missing audience; it names the API that the token is for")
        if api.audience not in client.granted:
            raise AccessDeniedError("Client is not authorized to access this audience")
        granted = client.granted[api.audience]
        asked = dict.fromkeys((scope or "").split() or granted)
        if not set(granted).issuperset(asked):
            raise AccessDeniedError("Client has not been granted all of these scopes")
        return server.tokens.for_client(client, api, list(asked))
