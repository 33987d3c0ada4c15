"""The one client for requests to other servers; what it may not do, nothing here can do."""

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from lms.outbound import addresses, target, timed
from lms.outbound.addresses import Address
from lms.outbound.resolving import Resolver
from lms.outbound.target import Listed, Refused, Target

_PIECE = 1 << 16
_TROUBLE = (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException)


class Unanswered(Exception):
    """No whole answer came, for reasons of the network or of the other side: try again later."""


@dataclass(frozen=True)
class Limits:
    """Seconds for one wait, seconds for everything together, and bytes of an answer."""

    wait: float = 5.0
    whole: float = 20.0
    size: int = 5_000_000


@dataclass(frozen=True)
class Answer:
    """What the other side said; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def trust(more: str = "") -> ssl.SSLContext:
    """The roots of the machine and those in the file ``more``; raises OSError without it.

    They are read when they changed only: reading takes longer than a request.
    """
    own = ssl.get_default_verify_paths()
    files = (each for each in (own.cafile, own.capath, more) if each)
    return _trust(more, *(Path(each).stat().st_mtime_ns for each in files))


@lru_cache(maxsize=4)
def _trust(more: str, *_changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.hostname_checks_common_name = False
    context.sslsocket_class = timed.TimedTLS
    if more:
        context.load_verify_locations(cafile=more)
    return context


@dataclass(frozen=True)
class Client:
    """Speaks https to hosts of the open network, and to ``listed`` ones on inner addresses.

    Plain http only where the caller says that the answer is signed itself.
    """

    resolver: Resolver
    context: ssl.SSLContext
    agent: str
    listed: Listed = frozenset()
    limits: Limits = Limits()

    def send(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        signed_itself: bool = False,
    ) -> Answer:
        """Ask once; raises Refused or Unanswered. Errors of the other side are answers.

        ``signed_itself``: whoever asks checks a signature on what comes, so plain http will do.
        """
        to = target.read(url, signed_itself=signed_itself)
        until = time.monotonic() + self.limits.whole
        try:
            # Resolved once, and connected to what was looked at: a second answer of the name
            # server is never asked for.
            connection = self._connected(to, self._allowed(to, until), until)
            try:
                connection.request(
                    method, to.path, body=body, headers=self._headers(to, headers or {}),
                    preload_content=False, decode_content=False,
                )  # fmt: skip
                return self._read(connection.getresponse())
            finally:
                connection.close()
        except _TROUBLE as error:
            raise Unanswered(f"{to.host}: {type(error).__name__}") from error

    def _allowed(self, to: Target, until: float) -> list[Address]:
        known = (to.host, to.port) in self.listed
        if to.port != to.standard_port and not known:
            raise Refused(f"port {to.port} of {to.host} is not listed")
        seconds = min(self.limits.wait, timed.left(until))
        found = self.resolver.addresses(to.host, to.port, seconds=seconds)
        for each in found:
            if not (addresses.is_public(each) or (known and addresses.is_inner(each))):
                raise Refused(f"{to.host} has an address that is not reached: {each}")
        return found

    def _connected(self, to: Target, found: list[Address], until: float) -> HTTPConnection:
        trouble: BaseException = OSError("no address")
        for address in found:
            connection = self._connection(to, address, min(self.limits.wait, timed.left(until)))
            try:
                connection.connect()
            except _TROUBLE as error:
                connection.close()
                trouble = error
                continue
            if to.plain:
                connection.sock = timed.plain(connection.sock)
            sock = connection.sock
            assert isinstance(sock, timed.Timed)  # noqa: S101  # else nothing keeps the deadline
            sock.until, sock.wait = until, self.limits.wait
            return connection
        raise trouble

    def _connection(self, to: Target, address: Address, seconds: float) -> HTTPConnection:
        if to.plain:
            return HTTPConnection(str(address), to.port, timeout=seconds)
        return HTTPSConnection(
            str(address),
            to.port,
            timeout=seconds,
            server_hostname=to.host,
            ssl_context=self.context,
        )

    def _headers(self, to: Target, more: Mapping[str, str]) -> dict[str, str]:
        # Nothing is unpacked, so what is counted while it comes is all there is.
        fixed = {"Host": to.authority, "User-Agent": self.agent, "Accept-Encoding": "identity"}
        return {**more, **fixed, "Connection": "close"}

    def _read(self, answer: BaseHTTPResponse) -> Answer:
        if 300 <= answer.status < 400:
            raise Refused("redirects are not followed")
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refused("the answer is packed, which was not asked for")
        body = bytearray()
        while piece := answer.read1(_PIECE, decode_content=False):
            body += piece
            if len(body) > self.limits.size:
                raise Refused(f"the answer is larger than {self.limits.size} bytes")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, headers, bytes(body))
