"""What an address must look like, and which host and port it names."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

STANDARD_PORT, PLAIN_PORT = 443, 80
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # no blanks, no backslash, nothing beyond ASCII
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")

Listed = frozenset[tuple[str, int]]


class Refused(Exception):
    """Our own rules forbid the request or its answer; trying again changes nothing."""


@dataclass(frozen=True)
class Target:
    """Where a request goes; ``path`` holds the query too."""

    host: str
    port: int
    path: str
    plain: bool = False

    @property
    def standard_port(self) -> int:
        """The port that needs no entry in the list."""
        return PLAIN_PORT if self.plain else STANDARD_PORT

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == self.standard_port else f"{host}:{self.port}"


def read(url: str, *, signed_itself: bool = False) -> Target:
    """The target of an https address; raises Refused for anything else.

    What is signed itself (``signed_itself``) may be asked for by plain http.
    """
    if not _PLAIN.fullmatch(url):
        raise Refused("the address has signs that no address has")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        raise Refused("this is no address") from None
    plain = signed_itself and parts.scheme == "http"
    if parts.scheme != "https" and not plain:
        raise Refused("only https is spoken")
    if "@" in parts.netloc:
        raise Refused("an address carries no credentials")
    if not _is_host(host):
        raise Refused("the address names no host")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    standard = PLAIN_PORT if plain else STANDARD_PORT
    return Target(host, standard if port is None else port, path, plain)


def _is_host(host: str) -> bool:
    if _NAME.fullmatch(host):
        return True
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False


def listed(text: str) -> Listed:
    """The hosts of the setting, ``host`` or ``host:port`` with commas; raises Refused."""
    names = [each.strip() for each in text.split(",") if each.strip()]
    found = [read(f"https://{name}") for name in names]
    if any(each.path != "/" for each in found):
        raise Refused("hosts are listed without a path")
    return frozenset((each.host, each.port) for each in found)
