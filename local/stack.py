"""The local stack as a whole: AWS, the product on it, the authorization server and the front door."""

import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Final

import httpx2 as httpx
from botocore.exceptions import BotoCoreError

from local import aws
from local.deployment import deploy
from local.docs import PATH, docs_app
from local.front_door import FrontDoor
from local.issuer.app import ROTATE_KEY, issuer_app
from local.issuer.seed import Seed
from local.issuer.tokens import TokenIssuer
from local.logs import new_lines
from local.reload import Reloader
from local.serving import listen, serve
from local.settings import HOST, LocalError, Settings

POLL: Final = 0.1
"""Seconds between two looks at the sources and the functions' logs."""


@contextmanager
def running(settings: Settings, tokens: TokenIssuer | None = None) -> Iterator[None]:
    """Run the whole stack for as long as the block lasts.

    Raises
    ------
    LocalError
        If a port is taken or a part does not start.

    """
    with listen(settings.api_port, "API_PORT") as listening, deployed(settings, tokens):
        front_door = FrontDoor(settings, docs_app(settings))
        with serve(front_door, listening):
            try:
                yield
            finally:
                front_door.stop()


@contextmanager
def deployed(settings: Settings, tokens: TokenIssuer | None = None) -> Iterator[None]:
    """Run the authorization server and AWS with the product on it, without a front door."""
    with ExitStack() as stack:
        # Check the port before anything starts, so that a taken one costs no time.
        listen(settings.aws_port, "AWS_PORT").close()
        if not settings.other_issuer:
            listening = stack.enter_context(listen(settings.issuer_port, "ISSUER_PORT"))
            app = issuer_app(tokens or TokenIssuer(settings.local_issuer), Seed())
            stack.enter_context(serve(app, listening))
            print(f"Authorization server (no passwords): {settings.local_issuer}", flush=True)
        stack.enter_context(aws.ministack(settings))
        print(f"AWS (MiniStack): {settings.aws_url}", flush=True)
        deploy(settings, settings.template_parameters)
        yield


def run(settings: Settings, app: AbstractContextManager[None] | None = None) -> None:
    """Serve in the foreground until interrupted; print requests and the functions' logs; deploy saved code.

    `app` is the mobile app's server, if it runs too. It starts first, because its faults show soonest.
    """
    try:
        with app or nullcontext(), running(settings):
            print(_welcome(settings, app=app is not None), flush=True)
            logs = aws.session(settings).client("logs", endpoint_url=settings.aws_url)
            reloader = Reloader(settings)
            for lines in new_lines(logs, aws.output(settings, "FunctionLogGroup")):
                for line in lines:
                    print(line, flush=True)
                time.sleep(POLL)
                reloader.poll()
    except BotoCoreError as error:
        raise LocalError(
            f"AWS ended unexpectedly ({error}); see {settings.state / 'ministack.log'}"
        ) from None
    except KeyboardInterrupt:
        print("Stopped.", flush=True)


def reload(settings: Settings) -> None:
    """Deploy template, dependencies and code to a running stack.

    Raises
    ------
    LocalError
        If no stack runs at `AWS_PORT`, or the build or the deployment fails.

    """
    with socket.socket() as probe:
        if probe.connect_ex((HOST, settings.aws_port)):
            raise LocalError(f"No stack runs at AWS_PORT {settings.aws_port}; start one with `make run`")
    deploy(settings, {"Architecture": settings.architecture})  # other parameters keep their values


def rotate_key(settings: Settings) -> str:
    """Make the running authorization server sign with its next key, and return that key's id.

    Raises
    ------
    LocalError
        If the identity provider is another one, or none runs at `ISSUER_PORT`.

    """
    if settings.other_issuer:
        raise LocalError(
            f"{settings.other_issuer} is not the local issuer; rotate its key in its own console"
        )
    try:
        response = httpx.post(settings.local_issuer.rstrip("/") + ROTATE_KEY).raise_for_status()
    except httpx.HTTPError as error:
        raise LocalError(
            f"{settings.local_issuer} does not answer ({type(error).__name__}); is `make run` running?"
        ) from None
    key_id: str = response.json()["kid"]
    return key_id


def _welcome(settings: Settings, *, app: bool) -> str:
    if settings.other_issuer:
        token = f"an access token of {settings.other_issuer}"
    else:
        moved = settings.issuer_port != Settings.issuer_port
        token = "$(make token USER=ana" + (f" ISSUER_PORT={settings.issuer_port})" if moved else ")")
    port = f" AWS_PORT={settings.aws_port}" if settings.aws_port != Settings.aws_port else ""
    mobile = f"\nMobile app: {settings.app_url} (sign in as ana, carl or mia)\n" if app else ""
    if app and settings.other_issuer:
        mobile = f"\nMobile app: {settings.app_url} (sign in at {settings.other_issuer})\n"
    return f"""{mobile}
The Timesheets API is ready: {settings.api_url}
Documentation to read and try in a browser: {settings.api_url}{PATH}
In another terminal:

  TOKEN={token}
  curl -i {settings.api_url}/timesheets -H "Authorization: Bearer $TOKEN"
  curl -i {settings.api_url}/timesheets -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{{"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}}'

Code saved in authorizer/, handlers/ and layers/ is served at once; template changes need `make reload{port}`.
Ctrl-C stops everything.
"""
