"""Real servers on this machine: https with an authority made for the test, and plain http."""

import gzip
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
Stamps = Callable[[bytes], tuple[str, bytes]]


@dataclass(frozen=True)
class Heard:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Served:
    """A running server: where, whom to trust, and what it heard."""

    port: int
    ca: Path | None = None
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What /head answers next; 204 when nothing is left."""
    stamps: Stamps | None = None
    """Type and body of what /stamp answers to a body."""
    says: Callable[[str], str] | None = None
    """What is answered by path, where the test has pages of its own."""
    gives: dict[str, Callable[[bytes], bytes]] | None = None
    """What a path answers to a body, in bytes; no other path answers."""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # noqa: TID251  # a certificate of today, whatever the frozen clock says
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
    )


def certify(folder: Path, host: str) -> tuple[Path, Path]:
    """Files of an authority, and of a certificate with its key for one host."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    limits = x509.BasicConstraints(ca=True, path_length=0)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    ca = (
        _builder("An authority", "An authority", ca_key)
        .add_extension(limits, critical=True)
        .add_extension(usage, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    leaf = _builder(host, "An authority", key).add_extension(names, critical=False)
    made = leaf.sign(ca_key, hashes.SHA256())
    roots, both = folder / "ca.pem", folder / "server.pem"
    roots.write_bytes(ca.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both.write_bytes(private + made.public_bytes(Encoding.PEM))
    return roots, both


class _Handler(BaseHTTPRequestHandler):
    """Answers by path; some answers are what a hostile server would say."""

    served: Served

    def do_GET(self) -> None:
        self._hear()
        answer: Callable[[], None] = getattr(
            self, "_" + self.path.strip("/").split("?")[0], self._ok
        )
        with suppress(OSError):  # whoever asked may have had enough
            answer()

    do_POST = do_GET  # noqa: N815  # the name is http.server's

    def _hear(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.served.heard.append(Heard(self.command, self.path, headers, body))

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _ok(self) -> None:
        if self.served.gives is not None:
            given = self.served.gives.get(self.path)
            body = given(self.served.heard[-1].body) if given else b""
            return self._say(200 if given else 404, body)
        if self.served.says is not None:
            return self._say(200, self.served.says(self.path).encode())
        return self._say(200, json.dumps({"path": self.path}).encode(), Set_Cookie="taste=plain")

    def _head(self) -> None:
        self._say(self.served.statuses.pop(0) if self.served.statuses else 204, b"")

    def _stamp(self) -> None:
        assert self.served.stamps is not None
        kind, body = self.served.stamps(self.served.heard[-1].body)
        self._say(200, body, Content_Type=kind)

    def _redirect(self) -> None:
        self._say(302, b"", Location="/ok")

    def _packed(self) -> None:
        self._say(200, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def _large(self) -> None:
        self._say(200, b"")
        for _ in range(200):
            self.wfile.write(bytes(100_000))

    def _declared(self) -> None:
        self._say(200, b"short", Content_Length="100")

    def _drip(self) -> None:
        self._say(200, b"")
        self._slowly(b"x" * 100)

    def _dripping_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._slowly(b"X-Slow: " + b"x" * 100)

    def _slowly(self, what: bytes) -> None:
        for each in what:
            self.wfile.write(bytes([each]))
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """A client that leaves is no trouble of the test."""


@contextmanager
def https(folder: Path, host: str = "localhost", address: str = "127.0.0.1") -> Iterator[Served]:
    """Serve until the block ends."""
    ca, both = certify(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    with _served(address, ca, context) as served:
        yield served


@contextmanager
def plain(address: str = "127.0.0.1") -> Iterator[Served]:
    """Serve without TLS until the block ends."""
    with _served(address) as served:
        yield served


@contextmanager
def _served(
    address: str, ca: Path | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Served]:
    handler = type("Handler", (_Handler,), {})
    with _Server((address, 0), handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        served = Served(server.server_address[1], ca)
        handler.served = served  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()
