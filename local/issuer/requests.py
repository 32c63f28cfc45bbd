"""OAuth requests: their parameters, from a query, a form or JSON."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, override

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from starlette.exceptions import HTTPException
from starlette.requests import Request


class MalformedRequest(Exception):
    """The body is neither a form nor a JSON object of strings, or names a parameter twice."""


class FormRequest(OAuth2Request):
    """A request in the form that Authlib takes, its parameters already read."""

    def __init__(
        self, method: str, parameters: Iterable[tuple[str, str]], headers: Mapping[str, str]
    ) -> None:
        """Wrap one HTTP request."""
        # Authlib checks the host's name, which is no concern of a server on loopback.
        super().__init__(method, "http://127.0.0.1/", headers=headers)
        self.payload = _Payload(parameters)

    @property
    def repeated(self) -> list[str]:
        """The names of parameters that were sent more than once."""
        return [name for name, values in self.payload.datalist.items() if len(values) > 1]

    @property
    @override
    def args(self) -> dict[str, str]:
        return self.form

    @property
    @override
    def form(self) -> dict[str, str]:
        data: dict[str, str] = self.payload.data
        return data

    def merge_basic_credentials(self) -> None:
        """Apply RFC 6749, section 2.3: one client authentication for each request.

        HTTP Basic with an empty secret is how some libraries name a public client. It becomes the same as
        `client_id` alone in the form.

        Raises
        ------
        InvalidRequestError
            If header and form both authenticate the client, or name two clients.
        UnicodeDecodeError
            If the credentials are not text.

        """
        client_id, secret = extract_basic_authorization(self.headers)
        if not client_id:
            return
        if "client_secret" in self.form or self.form.get("client_id", client_id) != client_id:
            raise InvalidRequestError("Authenticate the client once: in the header or in the body")
        if not secret:
            self.form["client_id"] = client_id


class _Payload(BasicOAuth2Payload):
    """Parameters that may repeat; an empty one counts as left out (RFC 6749, section 3.1)."""

    def __init__(self, parameters: Iterable[tuple[str, str]]) -> None:
        self._lists: dict[str, list[str]] = {}
        for name, value in parameters:
            if value:
                self._lists.setdefault(name, []).append(value)
        super().__init__({name: values[-1] for name, values in self._lists.items()})

    @property
    @override
    def datalist(self) -> dict[str, list[str]]:
        return self._lists


def query_request(request: Request) -> FormRequest:
    """Return a request with the parameters of the query."""
    return FormRequest(request.method, request.query_params.multi_items(), request.headers)


async def form_request(request: Request) -> FormRequest:
    """Return a request with the parameters of its form; they may repeat.

    Raises
    ------
    MalformedRequest
        If the form has more fields than Starlette reads.

    """
    try:
        fields = (await request.form()).multi_items()
    except HTTPException as error:
        raise MalformedRequest(error.detail) from None
    return FormRequest(request.method, _strings(fields), request.headers)


async def body_request(request: Request) -> FormRequest:
    """Return a request with the parameters of its body: a form or, as Auth0 accepts too, JSON.

    Raises
    ------
    MalformedRequest
        If the body is neither, or names a parameter twice (RFC 6749, section 3.2).

    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        read = FormRequest(request.method, _strings(_json_members(await request.body())), request.headers)
    elif kind == "application/x-www-form-urlencoded":
        read = await form_request(request)
    else:
        raise MalformedRequest("Content-Type must be application/x-www-form-urlencoded or application/json")
    if read.repeated:
        raise MalformedRequest("Each parameter may be sent once only")
    return read


def _strings(parameters: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    for _, value in parameters:
        # JSON can hold lone surrogates (RFC 8259, section 8.2).
        if not isinstance(value, str) or re.search("[\ud800-\udfff]", value):
            raise MalformedRequest("Each parameter must be a string of Unicode characters")
    return parameters


def _json_members(body: bytes) -> list[tuple[str, Any]]:
    try:
        members = json.loads(body, object_pairs_hook=tuple)  # so objects, and nothing else, become tuples
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, tuple):
        raise MalformedRequest("The body must be a JSON object, as its Content-Type says")
    return [(name, value) for name, value in members if value is not None]
