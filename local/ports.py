"""Ports for what runs beside other things."""

import socket

from local.settings import HOST


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens at now."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
