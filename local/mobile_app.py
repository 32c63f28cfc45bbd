"""Serve the built app with the headers of app/template.yaml, or run Vite's development server."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, override
from urllib.parse import urlsplit

from samcli.yamlhelper import yaml_parse
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.serving import listen, serve
from local.settings import HOST, PROJECT, LocalError, Settings
from ops.deploy_app import headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

APP: Final = PROJECT / "app"
READY_TIMEOUT: Final = 30.0
"""Seconds until Vite must listen."""
STOP_TIMEOUT: Final = 3.0
"""Seconds until Vite is killed."""


def configuration(settings: Settings) -> dict[str, str]:
    """Return the content of config.json for this stack."""
    return {
        "issuer": settings.issuer,
        "clientId": settings.app_client_id,
        "audience": settings.audience,
        "api": settings.api_url,
    }


def security_headers(template: dict[str, Any], *, api: str, issuer: str) -> dict[str, str]:
    """Return the headers that CloudFront adds to every response, except those for https only."""
    policy = template["Resources"]["Headers"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = policy["SecurityHeadersConfig"]
    csp: str = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    for name, url in (("ApiOrigin", api), ("IssuerOrigin", issuer)):
        csp = csp.replace(f"${{{name}}}", "://".join(urlsplit(url)[:2]))
    custom = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}
    return custom | {
        "Content-Security-Policy": csp,
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "X-Content-Type-Options": "nosniff",
    }


def mobile_app(settings: Settings, folder: Path) -> "ASGIApp":
    """Return the application that serves a built app as CloudFront and S3 do."""
    template = yaml_parse((APP / "template.yaml").read_text())

    async def config(_request: Request) -> Response:
        return JSONResponse(configuration(settings), headers={"Cache-Control": "no-cache"})

    files = _Files(folder, _page_pattern(template))
    application = Starlette(routes=[Route("/config.json", config), Mount("/", files)])
    return _with_headers(
        application, security_headers(template, api=settings.api_url, issuer=settings.issuer)
    )


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """Serve app/dist until the block ends.

    Raises
    ------
    LocalError
        If the app is not built or the port is taken.

    """
    if not (APP / "dist/index.html").exists():
        raise LocalError("app/dist is missing; run: make app-build")
    with (
        listen(settings.app_port, "APP_PORT", "app") as listening,
        serve(mobile_app(settings, APP / "dist"), listening),
    ):
        yield


@contextmanager
def developing(settings: Settings) -> Iterator[None]:
    """Run Vite's development server until the block ends.

    Raises
    ------
    LocalError
        If the port is taken or Vite does not start.

    """
    listen(settings.app_port, "APP_PORT", "app-dev").close()
    process = subprocess.Popen(
        ["npm", "run", "dev", "--", "--host", HOST, "--port", str(settings.app_port), "--strictPort"],
        cwd=APP,
        env=os.environ | {"APP_CONFIG": json.dumps(configuration(settings))},
        stdin=subprocess.PIPE,  # Vite stops when its standard input closes, so it never outlives this process
        start_new_session=True,  # Ctrl-C reaches this process only, which stops Vite
    )
    try:
        _await_listening(settings.app_port, process)
        yield
    finally:
        _stop(process)


def _await_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex((HOST, port)):
                return
        time.sleep(0.05)
    raise LocalError(f"Vite does not listen on APP_PORT {port}; see its output above")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop npm and the processes in its session."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            break
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            continue
    if process.stdin:
        process.stdin.close()


def _page_pattern(template: dict[str, Any]) -> "re.Pattern[str]":
    """Return the pattern of a file's path in the CloudFront function; every other path is index.html."""
    code = template["Resources"]["Pages"]["Properties"]["FunctionCode"]
    found = re.search(r"!/(.+)/\.test\(request\.uri\)", code)
    assert found, "app/template.yaml: the function Pages has no pattern"  # noqa: S101
    return re.compile(found[1])


class _Files(StaticFiles):
    """Files with the headers that deploy_app gives them in S3, and index.html for every page's path."""

    def __init__(self, folder: Path, pattern: "re.Pattern[str]") -> None:
        super().__init__(directory=folder)
        self.folder = folder.resolve()
        self.pattern = pattern

    @override
    def get_path(self, scope: "Scope") -> str:
        return super().get_path(scope) if self.pattern.search(scope["path"]) else "index.html"

    @override
    def file_response(self, full_path: Any, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(full_path, *arguments, **options)
        metadata = headers(Path(full_path).relative_to(self.folder).as_posix())
        response.headers["Cache-Control"] = metadata["CacheControl"]
        response.headers["Content-Type"] = metadata["ContentType"]
        return response


def _with_headers(app: "ASGIApp", added: dict[str, str]) -> "ASGIApp":
    """Add headers to every response, errors included."""

    async def wrapped(scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(added)
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
