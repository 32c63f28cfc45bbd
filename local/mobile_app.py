"""`make app`: the mobile app beside the stack, served with production's headers; `make app-dev`: by Vite."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, override

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.settings import HOST, LocalError, Settings
from local.stack import claim, served, step
from ops import app_build, app_files

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

READY_WITHIN: Final = 30.0
"""Seconds that Vite may take to listen."""
STOPPED_WITHIN: Final = 3.0
"""Seconds."""


def configuration(settings: Settings) -> dict[str, str]:
    """Return config.json for this very stack."""
    return app_files.configuration(
        issuer=settings.issuer,
        client_id=settings.app_client_id,
        audience=settings.audience,
        api=settings.api_url,
    )


def mobile_app(settings: Settings, folder: Path) -> "ASGIApp":
    """Return the application that serves a built app, as CloudFront and S3 do."""

    async def config(_request: Request) -> Response:
        headers = {"Cache-Control": app_files.ASK_AGAIN}
        return JSONResponse(configuration(settings), headers=headers)

    routes = [Route(f"/{app_files.CONFIGURATION}", config), Mount("/", _Files(directory=folder))]
    headers = app_files.security_headers(
        api_origin=app_files.origin_of(settings.api_url),
        issuer_origin=app_files.origin_of(settings.issuer),
    )
    return _with_headers(Starlette(routes=routes), headers)


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """Build the app if its sources changed, and serve it for as long as the block lasts.

    Raises
    ------
    LocalError
        If Node is missing, the app does not build, or the port is taken.

    """
    with claim(settings.app_port, "APP_PORT", "app") as listening:
        folder = _built()
        with served(mobile_app(settings, folder), listening):
            yield


@contextmanager
def developing(settings: Settings) -> Iterator[None]:
    """Run Vite's development server, which shows a change as soon as a file is saved, until the block ends.

    Raises
    ------
    LocalError
        If Node is missing, the port is taken, or Vite ends.

    """
    claim(settings.app_port, "APP_PORT", "app-dev").close()
    try:
        app_build.install()
    except app_build.BuildError as error:
        raise LocalError(str(error)) from None
    command = ["npm", "run", "dev", "--", "--host", HOST, "--port", str(settings.app_port), "--strictPort"]
    process = subprocess.Popen(
        command,
        cwd=app_build.MOBILE,
        env=os.environ | {"APP_CONFIG": json.dumps(configuration(settings))},
        stdin=subprocess.PIPE,  # stays open: Vite ends where its input does, and so never outlives us
        start_new_session=True,  # Ctrl-C reaches us alone; we stop it in order
    )
    try:
        _await_listening(settings.app_port, process)
        yield
    finally:
        _stop(process)


def _built() -> Path:
    try:
        app_build.check_node()
        with step("Building the mobile app (npm ci, npm run build)"):
            return app_build.build()
    except app_build.BuildError as error:
        raise LocalError(str(error)) from None


def _await_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex((HOST, port)):
                return
        time.sleep(0.05)
    raise LocalError(f"Vite does not listen at APP_PORT {port}; what it said is above")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End npm and all that it started, which is in its session."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
        except ProcessLookupError:
            break
        try:
            process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            continue
    if process.stdin:
        process.stdin.close()


class _Files(StaticFiles):
    """A folder in which every path without an extension is index.html."""

    @override
    def get_path(self, scope: "Scope") -> str:
        path = super().get_path(scope)
        return app_files.INDEX if app_files.is_page(scope["path"]) else path

    @override
    def file_response(self, full_path: Any, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(full_path, *arguments, **options)
        name = Path(full_path).relative_to(Path(str(self.directory)).resolve()).as_posix()
        response.headers["Cache-Control"] = app_files.cache_control(name)
        response.headers["Content-Type"] = app_files.content_type(name)
        return response


def _with_headers(app: "ASGIApp", headers: dict[str, str]) -> "ASGIApp":
    """Put headers onto every answer, errors included, as CloudFront's policy does."""

    async def wrapped(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
