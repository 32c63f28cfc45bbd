"""The API's plain address on this machine: a proxy that passes requests to API Gateway unchanged."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx2 as httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# RFC 9110, section 7.6.1: these speak of one connection, not of the message.
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
LONGER_THAN_LAMBDA = 35  # seconds


def front_door(aws_url: str, api_id: str, stage: str) -> ASGIApp:
    """Return the proxy to one stage of one REST API."""
    upstream = httpx.URL(aws_url)
    host = f"{api_id}.execute-api.localhost:{upstream.port}"

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with httpx.AsyncClient(timeout=LONGER_THAN_LAMBDA, limits=limits, headers={}) as client:
            client.headers.clear()
            app.state.client = client
            yield

    async def pass_on(request: Request) -> Response:
        started = time.perf_counter()
        path = request.scope["raw_path"]
        query = request.scope["query_string"]
        target = upstream.copy_with(raw_path=b"/" + stage.encode() + path + (b"?" + query if query else b""))
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.decode("latin-1") not in HOP_BY_HOP | {"host", "content-length"}
        ]
        try:
            async with request.app.state.client.stream(
                request.method,
                target,
                headers=[(b"host", host.encode()), *headers],
                content=await request.body(),
            ) as answer:
                body = b"".join([chunk async for chunk in answer.aiter_raw()])
        except httpx.TransportError as error:
            _show(request, 502, started, f"AWS does not answer: {type(error).__name__}")
            return Response("AWS does not answer; is the local stack shutting down?\n", status_code=502)
        _show(request, answer.status_code, started)
        response = Response(body, answer.status_code)
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower().decode("latin-1") not in HOP_BY_HOP
        ]
        return response

    return Starlette(routes=[Route("/{path:path}", pass_on, methods=METHODS)], lifespan=lifespan)


def _show(request: Request, status: int, started: float, remark: str = "") -> None:
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    milliseconds = round((time.perf_counter() - started) * 1000)
    print(
        f"{now}  {request.method} {request.url.path}  {status}  {milliseconds} ms  {remark}".rstrip(),
        flush=True,
    )
