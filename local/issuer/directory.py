"""The users, roles, applications and APIs that the authorization server knows: seed.toml, checked."""

import re
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from authlib.oauth2.rfc6749 import ClientMixin
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from local.settings import PROJECT, LocalError

SEED: Final = Path(__file__).with_name("seed.toml")

# OpenID Connect Core 1.0, sections 5.4 and 11: these ask for something of the user's, not of an API.
OPENID_SCOPES: Final = {
    "openid": "know who you are",
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
    """An API that tokens can be for."""

    name: Text
    audience: Text
    claims_namespace: Text
    token_lifetime: Annotated[int, Field(gt=0)]
    """Of access tokens, in seconds."""
    permissions: dict[str, str]
    """Each with what it lets one do."""


class User(_Table):
    """A person who can sign in."""

    id: Text
    name: Text
    email: Text
    role: Text

    @property
    def nickname(self) -> str:
        """The part of the address before the @, as Auth0 derives it."""
        return self.email.partition("@")[0]


class Client(_Table, ClientMixin):
    """An application, with the methods that Authlib asks of one."""

    id: Text
    name: Text
    secret: Annotated[str, Field(repr=False)] = ""
    grants: tuple[Grants, ...]
    callbacks: tuple[str, ...] = ()
    """Where sign-in may lead back to."""
    logout_urls: tuple[str, ...] = ()
    """Where signing out may lead to."""
    granted: dict[str, tuple[str, ...]] = {}
    """What it may do for itself (client credentials): scopes by audience."""

    @property
    def is_public(self) -> bool:
        """Whether the application can't keep a secret (RFC 6749, section 2.1)."""
        return not self.secret

    @model_validator(mode="after")
    def _has_what_its_grants_need(self) -> Self:
        if "client_credentials" in self.grants and self.is_public:
            raise ValueError("needs a secret for client_credentials")
        if "authorization_code" in self.grants and not self.callbacks:
            raise ValueError("needs callbacks for authorization_code")
        return self

    def may_log_out_to(self, url: str) -> bool:
        """Whether signing out may lead to this address."""
        return _listed(url, self.logout_urls)

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""  # who signs in decides

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
    """Everything in seed.toml."""

    apis: Annotated[tuple[Api, ...], Field(min_length=1)]
    roles: dict[str, tuple[str, ...]]
    users: Annotated[tuple[User, ...], Field(min_length=1)]
    clients: Annotated[tuple[Client, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_nothing_twice(self) -> Self:
        ids = [user.id for user in self.users], [client.id for client in self.clients]
        hints = [hint for user in self.users for hint in {user.email, user.nickname}]
        for names in (*ids, hints, [api.audience for api in self.apis]):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"there twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _names_only_what_is_there(self) -> Self:
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
                    raise ValueError(f"client {client.id} is granted what no API has, at {audience}")
        return self

    def user(self, user_id: str | None) -> User | None:
        """Find a user by id."""
        return next((u for u in self.users if u.id == user_id), None)

    def hinted(self, hint: str | None) -> User | None:
        """Find a user by address, by the part of it before the @, or by id."""
        return next((u for u in self.users if hint in (u.email, u.nickname, u.id)), None)

    def client(self, client_id: str | None) -> Client | None:
        """Find an application by its id."""
        return next((c for c in self.clients if c.id == client_id), None)

    def api(self, audience: str | None) -> Api | None:
        """Find an API by its audience."""
        return next((a for a in self.apis if a.audience == audience), None)

    def permissions(self, user: User, api: Api | None) -> tuple[str, ...]:
        """Return what a user's role permits at an API; nothing where there is none."""
        return tuple(p for p in self.roles[user.role] if api and p in api.permissions)


class Seed:
    """seed.toml, read again whenever it was edited."""

    def __init__(self, path: Path = SEED) -> None:
        """Read the file.

        Raises
        ------
        LocalError
            If it is not what it should be.

        """
        self._path = path
        self.directory = self._read()

    def refresh(self) -> None:
        """Read the file again if it changed; while it is wrong, print that and keep what it said."""
        if self._seen != self._stamp():
            try:
                self.directory = self._read()
            except LocalError as error:
                print(error, flush=True)

    def _stamp(self) -> tuple[int, ...]:
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read(self) -> Directory:
        self._seen = self._stamp()
        name = self._path.relative_to(PROJECT) if self._path.is_relative_to(PROJECT) else self._path
        try:
            return Directory.model_validate(tomllib.loads(self._path.read_text()))
        except ValidationError as error:
            raise LocalError("\n".join(f"{name}: {_fault(dict(one))}" for one in error.errors())) from None
        except (OSError, ValueError, RecursionError) as error:
            raise LocalError(f"{name} can't be read: {error}") from None


def _fault(error: dict[str, Any]) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    return f"{place.lstrip('.')}: {error['msg']}" if place else error["msg"]


def _listed(address: str, listed: tuple[str, ...]) -> bool:
    """Tell whether an address is in a list (RFC 6749, section 3.1.2.3); on loopback at any port."""
    known = {_normal(one) for one in listed}
    return _normal(address) in known or _normal(address, any_port=True) in known


def _normal(address: str, *, any_port: bool = False) -> str:
    loopback = _LOOPBACK.fullmatch(address)
    if not loopback:
        return address
    host, port, path = loopback.groups()
    return host + ("" if any_port else port or "") + (path or "/")
