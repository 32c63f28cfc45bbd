"""Access tokens by client credentials (RFC 6749, section 4.4), from any OAuth server. They stay in memory."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2 as httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from timesheets_import.errors import GaveUp, NotSignedIn, Usage, printable
from timesheets_import.patience import Patience, retry_after

SCOPE: Final = "batch:upload"
TIMEOUT: Final = 20
"""Seconds."""
LEEWAY: Final = 60
"""Seconds before its end that a token is renewed; less for one of a short life."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_BUSY: Final = (408, 429)
_SERVER_ERROR: Final = 500
_ADVICE: Final = {
    "invalid_client": "Check --client-id and the secret",
    "unauthorized_client": "Allow the application the client credentials grant",
    "access_denied": "Check --client-id, the secret and --audience. The application must be authorized for"
    " that API",
    "invalid_scope": f"Permit the application {SCOPE}, or name a scope that the server knows: --scope",
    "invalid_target": "Check --audience",
}


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who the importer is, and to whom."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    audience: str | None = None
    scope: str | None = None
    token_endpoint: str | None = None


def address(option: str, text: str) -> str:
    """Check an address to which a secret or a token is sent: https, or this machine.

    Raises
    ------
    Usage
        If it is none.

    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise Usage(f"{option} {printable(text)} is no address; write it as https://HOST")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise Usage(f"{option} {printable(text)} must begin with https://, so that nobody reads along")
    return text


class _Busy(Exception):
    """The server asks to come back later."""

    def __init__(self, status: int, asked: float | None) -> None:
        super().__init__(f"answers {status}")
        self.asked = asked


class Tokens:
    """The current token, renewed shortly before it ends. Threads share it."""

    def __init__(self, credentials: Credentials, patience: Patience) -> None:
        """Ask for nothing yet."""
        self._credentials = credentials
        self._patience = patience
        self._lock = threading.Lock()
        self._client: OAuth2Client | None = None
        self._token = ""
        self._until = 0.0

    def current(self, refused: str | None = None) -> str:
        """Return a token that is not about to end, nor the `refused` one.

        Raises
        ------
        NotSignedIn
            If the server gives none.
        Interrupted
            If stopped while it is waited for.

        """
        with self._lock:
            # The wall's clock: it goes on while a laptop sleeps.
            if not self._token or time.time() >= self._until or self._token == refused:
                self._renew()
            return self._token

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()

    def _renew(self) -> None:
        issuer = printable(self._credentials.issuer)
        tries = 0
        while True:
            asked = None
            try:
                token = self._fetch()
                break
            except (httpx.TransportError, _Busy) as error:
                asked = error.asked if isinstance(error, _Busy) else None
                said = (
                    str(error) if isinstance(error, _Busy) else f"can't be reached ({type(error).__name__})"
                )
            except OAuthError as error:
                raise self._refused(str(error.error), str(error.description or "")) from None
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                raise NotSignedIn(
                    f"{issuer} does not answer as an OAuth server does ({type(error).__name__})."
                    " Check --issuer, or name the address itself: --token-endpoint"
                ) from None
            try:
                self._patience.again(tries, f"{issuer} {said}", asked)
            except GaveUp as error:
                raise NotSignedIn(f"Could not sign in: {error}") from None
            tries += 1
        lifetime = float(token.get("expires_in") or 3600)
        self._token = str(token["access_token"])
        self._until = time.time() + lifetime - min(LEEWAY, lifetime / 5)
        self._patience.progress()

    def _fetch(self) -> dict[str, Any]:
        known = self._credentials
        if self._client is None:
            endpoint, method = self._discovered()
            self._client = OAuth2Client(
                client_id=known.client_id,
                client_secret=known.secret,
                token_endpoint=endpoint,
                token_endpoint_auth_method=method,
                timeout=TIMEOUT,
            )
            self._client.register_compliance_hook("access_token_response", _not_busy)
        # Authlib's own renewal would leave the audience out: so each token is asked for with all it needs.
        asked = {"audience": known.audience, "scope": known.scope}
        token: dict[str, Any] = self._client.fetch_token(
            grant_type="client_credentials", **{name: value for name, value in asked.items() if value}
        )
        if not isinstance(token.get("access_token"), str):
            raise ValueError("no access token")
        granted = token.get("scope")
        if isinstance(granted, str) and SCOPE not in granted.split() and not known.scope:
            raise NotSignedIn(
                f"{printable(known.client_id)} gets no {SCOPE} from {printable(known.issuer)}, but"
                f" {printable(granted) or 'no scope'}. Authorize it for the API, with that permission"
            )
        return token

    def _discovered(self) -> tuple[str, str]:
        """Return the token endpoint, and how the client shows there who it is."""
        known = self._credentials
        if known.token_endpoint:
            return known.token_endpoint, "client_secret_basic"
        base = known.issuer.rstrip("/")
        described = f"{base}/.well-known/openid-configuration"
        answer = _got(described)
        if answer.status_code == httpx.codes.NOT_FOUND:  # a server of OAuth alone (RFC 8414)
            url = httpx.URL(base)
            path = f"/.well-known/oauth-authorization-server{url.path.rstrip('/')}"
            answer = _got(str(url.copy_with(path=path)))
        metadata = answer.raise_for_status().json()
        said = metadata["issuer"] if isinstance(metadata, dict) and "token_endpoint" in metadata else None
        if not isinstance(said, str):
            raise ValueError("no description of an authorization server")
        if said.rstrip("/") != base:  # RFC 8414, section 3.3
            raise NotSignedIn(
                f"{printable(described)} speaks for another issuer, {printable(said)}. Check --issuer"
            )
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods
        endpoint = address("The token endpoint", str(metadata["token_endpoint"]))
        return endpoint, "client_secret_basic" if basic else "client_secret_post"

    def _refused(self, error: str, description: str) -> NotSignedIn:
        # A server may repeat what it was sent.
        said = f"{error}, {description}".replace(self._credentials.secret, "(hidden)")
        advice = _ADVICE.get(error, "Check --issuer, --client-id, the secret and --audience")
        return NotSignedIn(
            f"{printable(self._credentials.issuer)} gives {printable(self._credentials.client_id)} no token"
            f" ({printable(said.removesuffix(', '))}). {advice}"
        )


def _got(address: str) -> httpx.Response:
    return _not_busy(httpx.get(address, timeout=TIMEOUT))


def _not_busy(answer: httpx.Response) -> httpx.Response:
    if answer.status_code in _BUSY or answer.status_code >= _SERVER_ERROR:
        raise _Busy(answer.status_code, retry_after(answer.headers.get("Retry-After")))
    return answer
