"""Callers of the shared stack: each test gets its own people and programs."""

import itertools
import secrets
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx2 as httpx

if TYPE_CHECKING:
    from tests.local.support import Stack

EMPLOYEE = "read:timesheets create:timesheets delete:timesheets"
MANAGER = f"{EMPLOYEE} approve:timesheets"
IMPORT = "batch:upload"
EXPORT = "export:timesheets"

_numbers = itertools.count(1)
_run = secrets.token_hex(3)


@dataclass(frozen=True)
class Caller:
    """A person or program with an access token for the API."""

    http: httpx.Client
    sub: str
    client_id: str
    email: str | None
    name: str | None
    token: str

    @property
    def owner(self) -> dict[str, str | None]:
        """The fields of an entry that name this person as its owner."""
        return {"user_id": self.sub, "user_email": self.email, "user_name": self.name}

    def __call__(self, method: str, path: str = "/timesheets", **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | kwargs.pop("headers", {})
        return self.http.request(method, path, headers=headers, **kwargs)

    def entry(self, **changes: Any) -> dict[str, Any]:
        """Log an entry and return it."""
        body = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5} | changes
        answer = self("POST", json=body)
        assert answer.status_code == 201, answer.text
        entry: dict[str, Any] = answer.json()
        return entry

    def every(self, path: str = "/timesheets", query: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """Return all pages of a list by following `Link`; numbers are exact."""
        query = query or {}
        limit = int(query.get("limit", "50"))
        listed: list[dict[str, Any]] = []
        url: str | None = str(httpx.URL(path, params=query))
        while url:
            answer = self("GET", url)
            assert answer.status_code == 200, answer.text
            page = answer.json(parse_float=Decimal)
            listed += page
            following = answer.links.get("next")
            url = urljoin(url, following["url"]) if following else None
            assert len(page) <= limit
            # A page is read before it is filtered. Dates are part of the key, so they do not shorten a page.
            filtered = query.keys() & {"project", "status", "user_id"} or path.startswith("/approvals")
            assert len(page) == limit or filtered or not url, "a short page without a filter must be the last"
        return listed


@dataclass(frozen=True)
class Newcomers:
    """Creates callers with tokens signed by the issuer's key."""

    stack: "Stack"
    http: httpx.Client

    def person(
        self, name: str, scope: str = EMPLOYEE, *, sub: str | None = None, full_name: str | None = None
    ) -> Caller:
        """Return a person signed in with the mobile app; `sub` is new unless given."""
        unique = f"{name}-{_run}-{next(_numbers)}"
        local = full_name.lower().replace(" ", ".") if full_name else unique
        email, full_name = f"{local}@exampleco.com", full_name or f"{name.title()} Pérez"
        return self._caller(sub or f"auth0|{unique}", "timesheets-mobile", scope, email, full_name)

    def program(self, name: str = "import", scope: str = IMPORT, *, client_id: str | None = None) -> Caller:
        """Return an application signed in by client credentials."""
        client_id = client_id or f"{name}-{_run}-{next(_numbers)}"
        return self._caller(f"{client_id}@clients", client_id, scope)

    def _caller(
        self, sub: str, client_id: str, scope: str, email: str | None = None, name: str | None = None
    ) -> Caller:
        now = int(time.time())
        claims = {
            "iss": self.stack.settings.issuer,
            "sub": sub,
            "aud": self.stack.settings.audience,
            "iat": now,
            "exp": now + 3600,
            "azp": client_id,
            "scope": scope,
        }
        personal = {"email": email, "name": name}
        claims |= {f"https://api.exampleco.com/{key}": value for key, value in personal.items() if value}
        return Caller(self.http, sub, client_id, email, name, self.stack.tokens.sign(claims))
