"""The API's plain address on this machine: a proxy that passes requests to API Gateway unchanged."""

import asyncio
import re
import time
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Final

import httpx2 as httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local import docs
from local.settings import Settings
from local.stage import Stage, deployed_stage

# RFC 9110, section 7.6.1: these describe one connection, not the message.
HOP_BY_HOP: Final = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
TIMEOUT: Final = 120
"""Seconds. Many cold starts at once take long on a small machine."""
LONGEST_PATH: Final = 200
"""Characters of a path that are printed."""

_ORIGIN: Final = re.compile(rb"\Ahttps?://[^/?]*", re.IGNORECASE)


class FrontDoor:
    """An ASGI application that serves one stage of the deployed API, and its documentation at /docs."""

    def __init__(self, settings: Settings, documentation: ASGIApp) -> None:
        """Read from the deployed stack where its API is."""
        self._settings = settings
        self._documentation = documentation
        self._stage = deployed_stage(settings)
        # Idle connections close before MiniStack closes them (5 s), so that no request meets a closing one.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=2)
        self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits)
        self._client.headers.clear()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Answer the requests in flight with 503, and those to come. Call it from another thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's own start and end."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["path"] == docs.PATH or scope["path"].startswith(f"{docs.PATH}/"):
            await self._documentation(scope, receive, send)
            return
        request = Request(scope, receive)
        started = time.perf_counter()
        with suppress(ClientDisconnect):
            response = await self._respond(request)
            if "transfer-encoding" in request.headers and "content-length" in request.headers:
                response.headers["connection"] = "close"  # RFC 9112, section 6.3: maybe request smuggling
            _print(request, response.status_code, started)
            await response(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Keep the connections from the server's start to its end (ASGI's lifespan protocol)."""
        self._loop = asyncio.get_running_loop()
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._client.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _respond(self, request: Request) -> Response:
        """Return API Gateway's response, or the API's own 503 if there is none or the stack stops."""
        passing = asyncio.ensure_future(self._pass_on(request))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({passing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not passing.done():
                return self._stage.unavailable()
            return passing.result()
        except httpx.TransportError:
            return self._stage.unavailable()
        finally:
            passing.cancel()
            stopping.cancel()

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        response = await self._send(request, body)
        if response.status_code == HTTPStatus.NOT_FOUND and response.body == Stage.NO_API:
            # A deployment replaced the API, under a new id.
            self._stage = await run_in_threadpool(deployed_stage, self._settings)
            response = await self._send(request, body)
        if response.status_code == HTTPStatus.BAD_GATEWAY:
            # A function's process ended or hung. API Gateway sends the gateway response INTEGRATION_FAILURE.
            return self._stage.unavailable()
        return response

    async def _send(self, request: Request, body: bytes) -> Response:
        query = request.scope["query_string"]
        # An absolute-form target (RFC 9112, section 3.2.2) loses its origin.
        path = _ORIGIN.sub(b"", request.scope["raw_path"]) or b"/"
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name not in HOP_BY_HOP | {b"host", b"content-length"}
        ]
        async with self._client.stream(
            request.method,
            self._settings.aws_url,
            headers=[(b"host", self._stage.host), *headers],
            content=body,
            # The request's own bytes: a URL would be normalised.
            extensions={"target": self._stage.prefix + path + (b"?" + query if query else b"")},
        ) as answer:
            response = Response(b"".join([chunk async for chunk in answer.aiter_raw()]), answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.lower() not in HOP_BY_HOP
        ]
        return response


def _print(request: Request, status: int, started: float) -> None:
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    path = request.url.path[:LONGEST_PATH]
    milliseconds = round((time.perf_counter() - started) * 1000)
    print(f"{now}  {request.method} {path}  {status}  {milliseconds} ms", flush=True)
