"""Serve ASGI applications on loopback, each in a thread of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from local.settings import HOST, LocalError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SHUTDOWN_TIMEOUT: Final = 1
"""Seconds that open requests get once the server stops."""


def listen(port: int, name: str, target: str = "run") -> socket.socket:
    """Open a listening socket on a port of this machine.

    Parameters
    ----------
    port
        The port, on loopback only.
    name
        The environment variable that sets the port; the error names it.
    target
        The Makefile's target that takes this variable.

    Raises
    ------
    LocalError
        If the port is taken.

    """
    try:
        listening = socket.create_server((HOST, port), backlog=1024)
    except OSError:
        raise LocalError(
            f"{name} {port} is taken; stop the program there, or choose another: make {target} {name}=..."
        ) from None
    # Accepted connections inherit this. Without it a response's body waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


@contextmanager
def serve(app: "ASGIApp", listening: socket.socket) -> Iterator[None]:
    """Serve an application for as long as the block lasts."""
    config = uvicorn.Config(
        app,
        ws="none",
        log_level="warning",
        access_log=False,
        date_header=False,  # API Gateway's responses have their own
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
    )
    server = uvicorn.Server(config)
    # Signals stay with the main thread.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
