"""The API's plain address on this machine: a proxy that passes requests to API Gateway unchanged."""

import time
from datetime import datetime
from typing import Final

import httpx2 as httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local import docs

# RFC 9110, section 7.6.1: these speak of one connection, not of the message.
HOP_BY_HOP: Final = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
PATIENCE: Final = 120
"""Seconds: many cold starts at once take their time on a small machine."""
LONGEST_SHOWN: Final = 200
"""Characters of a path."""


class FrontDoor:
    """An ASGI application that is one stage of one REST API, and beside it the page that documents it."""

    def __init__(self, aws_url: str, api_id: str, stage: str, documentation: ASGIApp) -> None:
        """Pass requests to the API that MiniStack runs at `aws_url`, those for /docs to `documentation`."""
        self._documentation = documentation
        self._url = aws_url
        self._host = f"{api_id}.execute-api.localhost:{httpx.URL(aws_url).port}".encode()
        self._prefix = f"/{stage}".encode()
        # Idle connections go before MiniStack ends them (5 s): a request must not meet a closing one.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=2)
        self._client = httpx.AsyncClient(timeout=PATIENCE, limits=limits)
        self._client.headers.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's own start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["path"] == docs.PATH or scope["path"].startswith(f"{docs.PATH}/"):
            await self._documentation(scope, receive, send)
            return
        request = Request(scope, receive)
        started = time.perf_counter()
        try:
            response = await self._pass_on(request)
        except ClientDisconnect:
            return
        except httpx.TransportError as error:
            text = f"AWS does not answer ({type(error).__name__}); is the local stack shutting down?\n"
            response = Response(text, status_code=502)
        _show(request, response.status_code, started)
        await response(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Keep the connections from the server's start to its end (ASGI's lifespan protocol)."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._client.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _pass_on(self, request: Request) -> Response:
        query = request.scope["query_string"]
        target = self._prefix + request.scope["raw_path"] + (b"?" + query if query else b"")
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name not in HOP_BY_HOP | {b"host", b"content-length"}
        ]
        async with self._client.stream(
            request.method,
            self._url,
            headers=[(b"host", self._host), *headers],
            content=await request.body(),
            extensions={"target": target},  # the request's own bytes, where a URL would be put in order
        ) as answer:
            response = Response(b"".join([chunk async for chunk in answer.aiter_raw()]), answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.lower() not in HOP_BY_HOP
        ]
        return response


def _show(request: Request, status: int, started: float) -> None:
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    path = request.url.path[:LONGEST_SHOWN]
    milliseconds = round((time.perf_counter() - started) * 1000)
    print(f"{now}  {request.method} {path}  {status}  {milliseconds} ms", flush=True)
