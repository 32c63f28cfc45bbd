"""Get access tokens by the client credentials grant (RFC 6749, section 4.4). Tokens stay in memory."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2 as httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from timesheets_import.errors import DeliveryError, SignInError, UsageError
from timesheets_import.retry import Retry, parse_retry_after
from timesheets_import.text import printable

SCOPE: Final = "batch:upload"
TIMEOUT: Final = 20
"""Seconds."""
LEEWAY: Final = 60
"""Seconds before its expiry in which a token is renewed; a fifth of a short lifetime."""

UNREACHABLE: Final = (httpx.ConnectError, httpx.ConnectTimeout)

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_BUSY: Final = (408, 429)
_SERVER_ERROR: Final = 500
_REMEDIES: Final = {
    "invalid_client": "Check --client-id and the secret",
    "unauthorized_client": "Allow the client credentials grant for this application",
    "access_denied": "Check --client-id, the secret and --audience. The application must be authorized for"
    " that API",
    "invalid_scope": f"Grant {SCOPE} to the application, or request a scope that the server has: --scope",
    "invalid_target": "Check --audience",
}


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The importing application, and its authorization server."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    audience: str | None = None
    scope: str | None = None
    token_endpoint: str | None = None


def secure_url(option: str, url: str) -> str:
    """Return a URL that may receive secrets: https, or http on this machine.

    Raises
    ------
    UsageError
        For any other URL.

    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise UsageError(f"{option} {printable(url)} is not a URL such as https://HOST")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise UsageError(f"{option} {printable(url)} must begin with https:// to keep secrets private")
    return url


class _Busy(Exception):
    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"answers {response.status_code}")
        self.retry_after = parse_retry_after(response.headers.get("Retry-After"))


class Tokens:
    """The current access token, renewed shortly before it expires. Threads share it."""

    def __init__(self, credentials: Credentials, retry: Retry) -> None:
        """Request nothing yet."""
        self._credentials = credentials
        self._retry = retry
        self._lock = threading.Lock()
        self._client: OAuth2Client | None = None
        self._token = ""
        self._renew_at = 0.0

    def current(self, refused: str | None = None) -> str:
        """Return a token that is not about to expire and is not the `refused` one.

        Raises
        ------
        SignInError
            If the server gives none.
        Interrupted
            If stopped during a wait.

        """
        with self._lock:
            # Wall-clock time, because it continues while a laptop sleeps.
            if not self._token or time.time() >= self._renew_at or self._token == refused:
                self._renew()
            return self._token

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()

    def _renew(self) -> None:
        issuer = printable(self._credentials.issuer)
        attempt = 0
        while True:
            retry_after, unreachable = None, False
            try:
                token = self._fetch()
                break
            except _Busy as busy:
                reason, retry_after = f"{issuer} {busy}", busy.retry_after
            except httpx.TransportError as error:
                reason = f"{issuer} cannot be reached ({type(error).__name__})"
                unreachable = not self._token and isinstance(error, UNREACHABLE)
            except OAuthError as error:
                raise self._refusal(str(error.error), str(error.description or "")) from None
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                raise SignInError(
                    f"{issuer} does not answer like an OAuth server ({type(error).__name__})."
                    " Check --issuer, or give the token endpoint itself: --token-endpoint"
                ) from None
            try:
                self._retry.wait(attempt, reason, retry_after, unreachable=unreachable)
            except DeliveryError as error:
                raise SignInError(f"Could not sign in: {error}") from None
            attempt += 1
        lifetime = float(token.get("expires_in") or 3600)
        self._token = str(token["access_token"])
        self._renew_at = time.time() + lifetime - min(LEEWAY, lifetime / 5)
        self._retry.progress()

    def _fetch(self) -> dict[str, Any]:
        credentials = self._credentials
        if self._client is None:
            endpoint, method = self._discover()
            self._client = OAuth2Client(
                client_id=credentials.client_id,
                client_secret=credentials.secret,
                token_endpoint=endpoint,
                token_endpoint_auth_method=method,
                timeout=TIMEOUT,
            )
            self._client.register_compliance_hook("access_token_response", _unless_busy)
        # Authlib's own renewal omits the audience, so each token is requested in full.
        parameters = {"audience": credentials.audience, "scope": credentials.scope}
        token: dict[str, Any] = self._client.fetch_token(
            grant_type="client_credentials", **{name: value for name, value in parameters.items() if value}
        )
        if not isinstance(token.get("access_token"), str):
            raise ValueError("no access token")
        granted = token.get("scope")
        if isinstance(granted, str) and SCOPE not in granted.split() and not credentials.scope:
            raise SignInError(
                f"{printable(credentials.issuer)} grants {printable(credentials.client_id)}"
                f" {printable(granted) or 'no scope'}, not {SCOPE}. Authorize the application for the API"
                " with this permission"
            )
        return token

    def _discover(self) -> tuple[str, str]:
        """Return the token endpoint and its client authentication method (RFC 8414)."""
        credentials = self._credentials
        if credentials.token_endpoint:
            return credentials.token_endpoint, "client_secret_basic"
        base = credentials.issuer.rstrip("/")
        address = f"{base}/.well-known/openid-configuration"
        response = _get(address)
        if response.status_code == httpx.codes.NOT_FOUND:  # a server of OAuth without OpenID Connect
            url = httpx.URL(base)
            path = f"/.well-known/oauth-authorization-server{url.path.rstrip('/')}"
            response = _get(str(url.copy_with(path=path)))
        metadata = response.raise_for_status().json()
        issuer = metadata["issuer"] if isinstance(metadata, dict) and "token_endpoint" in metadata else None
        if not isinstance(issuer, str):
            raise ValueError("no authorization server metadata")
        if issuer.rstrip("/") != base:  # RFC 8414, section 3.3
            raise SignInError(
                f"{printable(address)} describes another issuer, {printable(issuer)}. Check --issuer"
            )
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        endpoint = secure_url("The token endpoint", str(metadata["token_endpoint"]))
        basic = "client_secret_basic" in methods
        return endpoint, "client_secret_basic" if basic else "client_secret_post"

    def _refusal(self, error: str, description: str) -> SignInError:
        # A server may repeat the request's parameters.
        detail = f"{error}, {description}".removesuffix(", ").replace(self._credentials.secret, "(hidden)")
        remedy = _REMEDIES.get(error, "Check --issuer, --client-id, the secret and --audience")
        return SignInError(
            f"{printable(self._credentials.issuer)} refuses {printable(self._credentials.client_id)} a token"
            f" ({printable(detail)}). {remedy}"
        )


def _get(url: str) -> httpx.Response:
    return _unless_busy(httpx.get(url, timeout=TIMEOUT))


def _unless_busy(response: httpx.Response) -> httpx.Response:
    if response.status_code in _BUSY or response.status_code >= _SERVER_ERROR:
        raise _Busy(response)
    return response
