"""The users, roles, applications and APIs of the authorization server, and their rules."""

import re
import secrets
from typing import Annotated, Final, Literal, Self

from authlib.oauth2.rfc6749 import ClientMixin
from pydantic import BaseModel, ConfigDict, Field, model_validator

# OpenID Connect Core 1.0, sections 5.4 and 11: scopes that concern the user, not an API.
OPENID_SCOPES: Final = {
    "openid": "know your user id",
    "profile": "see your name and picture",
    "email": "see your email address",
    "offline_access": "stay signed in",
}

_LOOPBACK: Final = re.compile(r"(http://(?:127\.0\.0\.1|localhost|\[::1\]))(:[0-9]{1,5})?(/[^\s#]*)?")

type Text = Annotated[str, Field(min_length=1)]
type Grants = Literal["authorization_code", "refresh_token", "client_credentials"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Api(_Table):
    """An API that accepts this server's tokens."""

    name: Text
    audience: Text
    claims_namespace: Text
    token_lifetime: Annotated[int, Field(gt=0)]
    """Of access tokens, in seconds."""
    permissions: dict[str, str]
    """Each permission with its words on the sign-in page."""


class User(_Table):
    """A person who can sign in."""

    id: Text
    name: Text
    email: Text
    role: Text

    @property
    def nickname(self) -> str:
        """The part of the email address before the @, as in Auth0."""
        return self.email.partition("@")[0]


class Client(_Table, ClientMixin):
    """An application, with the methods that Authlib calls."""

    id: Text
    name: Text
    secret: Annotated[str, Field(repr=False)] = ""
    grants: tuple[Grants, ...]
    callbacks: tuple[str, ...] = ()
    """The redirect URIs of sign-in."""
    logout_urls: tuple[str, ...] = ()
    """The redirect URIs of logout."""
    granted: dict[str, tuple[str, ...]] = {}
    """Scopes by audience, for client credentials."""

    @property
    def is_public(self) -> bool:
        """Whether the application has no secret (RFC 6749, section 2.1)."""
        return not self.secret

    @model_validator(mode="after")
    def _fits_its_grants(self) -> Self:
        if "client_credentials" in self.grants and self.is_public:
            raise ValueError("needs a secret for client_credentials")
        if "authorization_code" in self.grants and not self.callbacks:
            raise ValueError("needs callbacks for authorization_code")
        return self

    def may_log_out_to(self, url: str) -> bool:
        """Return whether logout may redirect to this address."""
        return _listed(url, self.logout_urls)

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""  # the user's role decides

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return _listed(redirect_uri, self.callbacks)

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 Authlib's signature
        return (method == "none") == self.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grants


class Directory(_Table):
    """The content of seed.toml."""

    apis: Annotated[tuple[Api, ...], Field(min_length=1)]
    roles: dict[str, tuple[str, ...]]
    users: Annotated[tuple[User, ...], Field(min_length=1)]
    clients: Annotated[tuple[Client, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_unique_names(self) -> Self:
        ids = [user.id for user in self.users], [client.id for client in self.clients]
        hints = [hint for user in self.users for hint in {user.email, user.nickname}]
        for names in (*ids, hints, [api.audience for api in self.apis]):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"names must be unique: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _has_valid_references(self) -> Self:
        permissions = {permission for api in self.apis for permission in api.permissions}
        used = {permission for role in self.roles.values() for permission in role}
        if missing := used - permissions:
            raise ValueError(f"roles name permissions that no API has: {', '.join(sorted(missing))}")
        if missing := {user.role for user in self.users} - self.roles.keys():
            raise ValueError(f"users have roles that are not in [roles]: {', '.join(sorted(missing))}")
        for client in self.clients:
            for audience, scopes in client.granted.items():
                api = self.api(audience)
                if not api or not api.permissions.keys() >= set(scopes):
                    raise ValueError(f"client {client.id} is granted scopes that no API has, at {audience}")
        return self

    def user(self, user_id: str | None) -> User | None:
        """Find a user by id."""
        return next((u for u in self.users if u.id == user_id), None)

    def hinted(self, hint: str | None) -> User | None:
        """Find a user by email address, by its part before the @, or by id."""
        return next((u for u in self.users if hint in (u.email, u.nickname, u.id)), None)

    def client(self, client_id: str | None) -> Client | None:
        """Find an application by its id."""
        return next((c for c in self.clients if c.id == client_id), None)

    def api(self, audience: str | None) -> Api | None:
        """Find an API by its audience."""
        return next((a for a in self.apis if a.audience == audience), None)

    def permissions(self, user: User, api: Api | None) -> tuple[str, ...]:
        """Return the scopes that a user's role permits at an API; none without an API."""
        return tuple(p for p in self.roles[user.role] if api and p in api.permissions)


def _listed(address: str, listed: tuple[str, ...]) -> bool:
    """Return whether an address is in a list (RFC 6749, section 3.1.2.3); on loopback any port matches."""
    known = {_normal(one) for one in listed}
    return _normal(address) in known or _normal(address, any_port=True) in known


def _normal(address: str, *, any_port: bool = False) -> str:
    loopback = _LOOPBACK.fullmatch(address)
    if not loopback:
        return address
    host, port, path = loopback.groups()
    return host + ("" if any_port else port or "") + (path or "/")
