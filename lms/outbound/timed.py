"""Sockets whose every read and write ends with the deadline, also when bytes only drip."""

import math
import socket
import ssl
import time
from typing import Any


class Timed(socket.socket):
    """A plain one."""

    until = math.inf
    wait = math.inf

    def recv_into(self, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401  # as the base has it
        """Read, no longer than is left."""
        self._hasten()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401  # as the base has it
        """Write, no longer than is left."""
        self._hasten()
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as the base has it
        """Write everything, no longer than is left: a plain socket does not ask ``send``."""
        self._hasten()
        super().sendall(*args, **kwargs)

    def _hasten(self) -> None:
        if self.until < math.inf:
            self.settimeout(min(self.wait, left(self.until)))


class TimedTLS(Timed, ssl.SSLSocket):
    """One that speaks TLS."""


def plain(sock: socket.socket) -> Timed:
    """The same connection as a plain socket with a deadline; ``sock`` is used up."""
    seconds = sock.gettimeout()
    timed = Timed(fileno=sock.detach())
    timed.settimeout(seconds)
    return timed


def left(until: float) -> float:
    """Seconds until a moment of the monotonic clock; raises TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds
