"""`make run`: AWS, the product on it, the authorization server and the front door, until interrupted."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING

import httpx2 as httpx
import uvicorn
from botocore.exceptions import BotoCoreError

from local import aws
from local.docs import PATH, docs_app
from local.front_door import FrontDoor
from local.issuer.app import ROTATE_KEY, issuer_app
from local.issuer.directory import Seed
from local.issuer.tokens import TokenIssuer
from local.logs import new_lines
from local.settings import HOST, LocalError, Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

POLL = 0.5
"""Seconds between looks at the functions' logs."""


@contextmanager
def running(settings: Settings, tokens: TokenIssuer | None = None) -> Iterator[None]:
    """Run the whole stack for as long as the block lasts.

    Raises
    ------
    LocalError
        If a port is taken or a part does not start.

    """
    with claim(settings.api_port, "API_PORT") as listening, behind_front_door(settings, tokens):
        api_id = aws.output(settings, "ApiId")
        stage = aws.output(settings, "ApiUrl").rpartition("/")[2]
        with served(FrontDoor(settings.aws_url, api_id, stage, docs_app(settings)), listening):
            yield


@contextmanager
def behind_front_door(settings: Settings, tokens: TokenIssuer | None = None) -> Iterator[None]:
    """Run the authorization server and AWS with the product on it, for as long as the block lasts."""
    with ExitStack() as stack:
        # Claimed before anything starts, so that a taken port costs no time.
        claim(settings.aws_port, "AWS_PORT").close()
        if not settings.other_issuer:
            listening = stack.enter_context(claim(settings.issuer_port, "ISSUER_PORT"))
            app = issuer_app(tokens or TokenIssuer(settings.local_issuer), Seed())
            stack.enter_context(served(app, listening))
            told = f"Authorization server at {settings.local_issuer} (for development: no passwords)"
            print(told, flush=True)
        stack.enter_context(aws.ministack(settings))
        print(f"AWS (MiniStack) at {settings.aws_url}", flush=True)
        with step("Building and deploying (make build, sam deploy)"):
            aws.deploy(settings, settings.template_parameters)
        yield


def run(settings: Settings, beside: AbstractContextManager[None] | None = None) -> None:
    """Serve in the foreground, showing requests and the functions' log lines.

    `beside` is the mobile app, where it runs, too: it starts first, because it is quick to say what it lacks.
    """
    try:
        with beside or nullcontext(), running(settings):
            print(_welcome(settings, app=beside is not None), flush=True)
            session = aws.session(settings)
            logs = session.client("logs", endpoint_url=settings.aws_url)
            try:
                for lines in new_lines(logs, aws.output(settings, "FunctionLogGroup")):
                    for line in lines:
                        print(line, flush=True)
                    time.sleep(POLL)
            except KeyboardInterrupt:
                print("\nStopping ...", flush=True)
                raise
    except BotoCoreError as error:
        raise LocalError(
            f"AWS ended unexpectedly ({error}); see {settings.state / 'ministack.log'}"
        ) from None
    except KeyboardInterrupt:
        print("Stopped.", flush=True)


def reload(settings: Settings) -> None:
    """Put changed code into a running stack.

    Raises
    ------
    LocalError
        If none is running at `AWS_PORT`, or the code does not build.

    """
    with socket.socket() as probe:
        if probe.connect_ex((HOST, settings.aws_port)):
            raise LocalError(f"Nothing runs at AWS_PORT {settings.aws_port}; start it with `make run`")
    with step("Building and deploying (make build, sam deploy)"):
        aws.deploy(settings, {"Architecture": settings.architecture})  # the others stay as they are


def rotate_key(settings: Settings) -> str:
    """Let a running authorization server sign with its next key from now on; return that key's id.

    Raises
    ------
    LocalError
        If the identity provider is another, or none is running at `ISSUER_PORT`.

    """
    if settings.other_issuer:
        raise LocalError(f"{settings.other_issuer} is not the local one; rotate its key where it is managed")
    try:
        answer = httpx.post(settings.local_issuer.rstrip("/") + ROTATE_KEY).raise_for_status()
    except httpx.HTTPError as error:
        raise LocalError(
            f"{settings.local_issuer} does not answer ({type(error).__name__}); is `make run` running?"
        ) from None
    key_id: str = answer.json()["kid"]
    return key_id


def claim(port: int, name: str, target: str = "run") -> socket.socket:
    """Listen at a port of this machine before anything else is done.

    Raises
    ------
    LocalError
        If it is taken; the text names the variable that moves it, for that target of the Makefile.

    """
    try:
        listening = socket.create_server((HOST, port), backlog=1024)
    except OSError:
        raise LocalError(
            f"{name} {port} is taken; stop what uses it, or choose another: make {target} {name}=..."
        ) from None
    # Accepted connections inherit it. Without it the body of an answer waits 40 ms for the head's receipt.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


@contextmanager
def served(app: "ASGIApp", listening: socket.socket) -> Iterator[None]:
    """Serve an application in a thread of its own: signals stay with the main one."""
    config = uvicorn.Config(
        app,
        ws="none",
        log_level="warning",
        access_log=False,
        date_header=False,  # the answers have API Gateway's own
        server_header=False,
        timeout_graceful_shutdown=2,  # seconds
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    print(what, end=" ", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"({time.monotonic() - started:.1f} s)", flush=True)


def _welcome(settings: Settings, *, app: bool) -> str:
    if settings.other_issuer:
        token = f"an access token of {settings.other_issuer}"
    else:
        moved = settings.issuer_port != Settings.issuer_port
        token = "$(make token USER=ana" + (f" ISSUER_PORT={settings.issuer_port})" if moved else ")")
    reload = f" AWS_PORT={settings.aws_port}" if settings.aws_port != Settings.aws_port else ""
    mobile = f"\nThe mobile app is at {settings.app_url}. Sign in there as ana, carl or mia.\n" if app else ""
    if app and settings.other_issuer:
        mobile = f"\nThe mobile app is at {settings.app_url}, and signs in at {settings.other_issuer}.\n"
    return f"""{mobile}
The Timesheets API answers at {settings.api_url}. To read about it, sign in and try it in a browser:
{settings.api_url}{PATH}. Or, in another terminal:

  TOKEN={token}
  curl -i {settings.api_url}/timesheets -H "Authorization: Bearer $TOKEN"
  curl -i {settings.api_url}/timesheets -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{{"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}}'

`make reload{reload}` puts changed code in. Ctrl-C stops everything.
"""
