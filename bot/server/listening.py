"""The port: taken once by the supervisor, listened on from the moment that a worker can answer."""

from __future__ import annotations

import socket

BACKLOG = (
    1024  # connections that may wait to be accepted; beyond Sanic's 100 of a crowd, the rest try again after a second
)


class PortTaken(Exception):
    """The port is in use; the message says what to do, in Chinese."""


def bound(host: str, port: int) -> socket.socket:
    """A socket on host and port that does not listen yet: until then a connection is refused, and a proxy tries another
    machine. Raises PortTaken."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except socket.gaierror:
        listening.close()
        raise PortTaken(f"host 写的是“{host}”，这台机器上没有这个地址。") from None
    except PermissionError:
        listening.close()
        raise PortTaken(f"没有权限用端口 {port}，请换一个 1024 以上的：make serve PORT=5005") from None
    except OSError:
        listening.close()
        raise taken(port) from None
    listening.setblocking(False)
    return listening


def check_port(host: str, port: int) -> None:
    """Raise PortTaken when nothing can listen there."""
    bound(host, port).close()


def taken(port: int) -> PortTaken:
    """What is said of a port in use."""
    return PortTaken(
        f"端口 {port} 已被占用（可能已经启动过一次）。请先停掉它，或换一个端口：make serve PORT={port + 1}"
    )
