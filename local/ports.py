"""Free ports, for stacks that run side by side."""

import socket

from local.settings import HOST


def free_ports(count: int) -> list[int]:
    """Return ports that are free at the moment."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports
