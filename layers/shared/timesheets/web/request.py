"""Requests as the handlers see them, read from the events of API Gateway's proxy integration."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import unquote

from timesheets.model.entry import Entry
from timesheets.model.errors import Problem, version_mismatch
from timesheets.strict_json import Decoder
from timesheets.web.negotiation import parse_value

MAX_BODY: Final = 1024 * 1024
"""Bytes of a request's body."""

MAX_KEY: Final = 255
"""Characters of an idempotency key."""

JSON: Final = ("application/json",)
MERGE_PATCH: Final = ("application/merge-patch+json", "application/json")
"""RFC 7396, section 4; JSON too, for clients that can send nothing else."""

CHARSETS: Final = ("utf-8", "utf8")

_ETAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
"""An entity tag (RFC 9110, section 8.8.3)."""
_ETAGS = re.compile(rf"{_ETAG.pattern}(?:\s*,\s*{_ETAG.pattern})*")

_decoder = Decoder(decimals=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """The user or client that the access token stands for, as the authorizer read it."""

    sub: str
    client_id: str
    """Empty if the token does not name a client."""
    email: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    caller: Caller
    path: Mapping[str, str]
    """The path's parameters, percent-decoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By names in lower case."""
    body: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any], headers: Mapping[str, str]) -> Self:
        """Read an event whose headers were read by `read_headers`.

        Raises
        ------
        Problem
            `malformed_request` if a query parameter is given more than once.

        """
        claims = event["requestContext"]["authorizer"]
        # AWS passes path parameters percent-encoded; the local emulators decode them.
        path = {name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()}
        return cls(
            caller=Caller(
                sub=claims["sub"],
                client_id=claims["client_id"],
                email=claims.get("email"),
                name=claims.get("name"),
            ),
            path=path,
            query=_query(event),
            headers=headers,
            body=event["body"] or "",
        )

    def json(self, media_types: Sequence[str] = JSON, *, decoder: Decoder = _decoder) -> object:
        """Return the decoded body, its numbers as `Decimal`.

        Raises
        ------
        Problem
            `malformed_request` if it is not strict JSON in UTF-8 or is of another media type;
            `payload_too_large` over 1 MiB.

        """
        media_type, parameters = parse_value(self.headers.get("content-type", JSON[0]))
        if media_type not in media_types or parameters.get("charset", "utf-8") not in CHARSETS:
            raise Problem("malformed_request", f"Send the body in UTF-8 as Content-Type: {media_types[0]}")
        if len(self.body) > MAX_BODY or len(self.body.encode(errors="replace")) > MAX_BODY:
            raise Problem("payload_too_large", "The body is over 1 MiB; send less at a time")
        if not self.body.strip():
            raise Problem("malformed_request", "The body is empty; send JSON")
        # API Gateway replaces bytes that are not UTF-8 by U+FFFD, so the original text is lost.
        if "\ufffd" in self.body:
            raise Problem(
                "malformed_request",
                "The body is not UTF-8, or holds U+FFFD, which stands for damaged text. Send UTF-8;"
                r" write \ufffd where you mean that character",
            )
        try:
            return decoder.decode(self.body)
        except ValueError as error:
            raise Problem("malformed_request", f"The body is not valid JSON: {error}") from None

    @property
    def idempotency_key(self) -> str | None:
        """The value of `Idempotency-Key`: the same for each repetition of a request.

        Raises
        ------
        Problem
            `malformed_request` if it is empty, too long or not printable ASCII.

        """
        key = self.headers.get("idempotency-key")
        if key is not None and not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
            raise Problem(
                "malformed_request", f"Idempotency-Key must be 1 to {MAX_KEY} printable ASCII characters"
            )
        return key

    @property
    def if_match(self) -> frozenset[str] | None:
        """The tags in `If-Match`, without quotes (RFC 9110, section 13.1.1); None for `*` or no header.

        Weak tags never match, so they are left out.

        Raises
        ------
        Problem
            `malformed_request` if the header holds no entity tags.

        """
        value = self.headers.get("if-match", "*").strip()
        if value == "*":
            return None
        if not _ETAGS.fullmatch(value):
            raise Problem("malformed_request", 'If-Match must be an ETag such as "3", in its quotes, or *')
        return frozenset(tag for weak, tag in _ETAG.findall(value) if not weak)

    def check_version(self, entry: Entry) -> None:
        """Require that `If-Match` names the entry's version.

        Check permission first: a 412 must not mask a 403 (RFC 9110, section 13.2.1).

        Raises
        ------
        Problem
            `version_mismatch`; `malformed_request` if the header holds no entity tags.

        """
        tags = self.if_match
        if tags is not None and str(entry.version) not in tags:
            raise version_mismatch()


def read_headers(event: Mapping[str, Any]) -> dict[str, str]:
    """Return an event's header fields by their names in lower case."""
    # A field may come in several lines (RFC 9110, section 5.3).
    return {name.lower(): ", ".join(values) for name, values in (event["multiValueHeaders"] or {}).items()}


def _query(event: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    for name, given in values.items():
        if len(given) != 1:
            raise Problem("malformed_request", f"Query parameter {name[:100]!r} is given more than once")
    return {name: given[0] for name, given in values.items()}
