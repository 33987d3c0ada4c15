"""From a name to addresses, in limited time."""

import queue
import socket
import threading
from ipaddress import ip_address
from typing import Protocol

from lms.outbound.addresses import Address


class Resolver(Protocol):
    """Who knows the addresses of names."""

    def addresses(self, host: str, port: int, *, seconds: float) -> list[Address]:
        """The addresses of a host, best first; raises OSError when there are none in time."""


class SystemResolver:
    """The resolver of the machine. It knows no limit of time, so it is asked on a thread."""

    def addresses(self, host: str, port: int, *, seconds: float) -> list[Address]:
        """What the machine says."""
        said: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()
        threading.Thread(target=_ask, args=(host, port, said), daemon=True).start()
        try:
            found = said.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError("the name was not resolved in time") from None
        if isinstance(found, OSError):
            raise found
        return found


def _ask(host: str, port: int, said: "queue.SimpleQueue[list[Address] | OSError]") -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        said.put(OSError(f"{type(error).__name__}"))
        return
    said.put(list(dict.fromkeys(ip_address(str(each[4][0])) for each in found)))
