"""The users, applications and APIs that the authorization server knows: seed.toml, typed."""

import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin

SEED = Path(__file__).with_name("seed.toml")
LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in, and what their role permits."""

    id: str
    name: str
    email: str
    permissions: tuple[str, ...]
    role: str

    @property
    def nickname(self) -> str:
        """The part of the address before the @, as Auth0 derives it."""
        return self.email.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Api:
    """An API that tokens can be for."""

    audience: str
    claims_namespace: str


@dataclass(frozen=True)
class Client(ClientMixin):
    """An application, with the methods that Authlib asks of one."""

    id: str
    name: str
    grants: tuple[str, ...]
    secret: str = ""
    scopes: tuple[str, ...] = ()
    """What a machine-to-machine application was granted."""
    redirect_path: str = ""

    @property
    def is_public(self) -> bool:
        """Whether the application can't keep a secret (RFC 6749, section 2.1)."""
        return not self.secret

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""  # who signs in decides; see tokens.py

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Take the application's path on this machine, at any port (RFC 8252, section 7.3)."""
        try:
            uri = urlsplit(redirect_uri)
        except ValueError:
            return False
        return (
            uri.scheme == "http"
            and uri.hostname in LOOPBACK
            and uri.username is None
            and uri.path == self.redirect_path
            and not uri.query
            and not uri.fragment
        )

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 Authlib's signature
        return (method == "none") == self.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything in seed.toml."""

    users: tuple[User, ...]
    clients: tuple[Client, ...]
    apis: tuple[Api, ...]

    @classmethod
    def load(cls, path: Path = SEED) -> "Directory":
        """Read the file."""
        seed: dict[str, Any] = tomllib.loads(path.read_text())
        return cls(
            users=tuple(
                User(**user, permissions=tuple(seed["roles"][user["role"]])) for user in seed["users"]
            ),
            clients=tuple(_client(client) for client in seed["clients"]),
            apis=tuple(Api(**api) for api in seed["apis"]),
        )

    def user(self, hint: str | None) -> User | None:
        """Find a user by address, by the part of it before the @, or by id."""
        return next((u for u in self.users if hint in (u.email, u.nickname, u.id)), None)

    def client(self, client_id: str | None) -> Client | None:
        """Find an application by its id."""
        return next((c for c in self.clients if c.id == client_id), None)

    def api(self, audience: str | None) -> Api | None:
        """Find an API by its audience; the first one is meant where none is named."""
        return self.apis[0] if not audience else next((a for a in self.apis if a.audience == audience), None)


def _client(table: dict[str, Any]) -> Client:
    lists = {name: tuple(value) for name, value in table.items() if isinstance(value, list)}
    return Client(**(table | lists))
