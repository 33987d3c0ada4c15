"""A browser as drills need one: cookies, the token of forms, an address of its own."""

import re
import time
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    headers: Message
    text: str
    seconds: float

    @property
    def wait(self) -> float:
        """How long the server asks to be left alone."""
        return float(self.headers.get("Retry-After", "0"))


class Browser:
    """Asks a server on this machine, as if from ``address``; follows no redirects."""

    def __init__(
        self, port: int, address: str, *, accept: str = "text/html", patience: float = 45
    ) -> None:
        self.port, self.accept, self.patience = port, accept, patience
        self.address = address
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> Answer:
        """Open a page; its token serves the next form."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form with the token of the last page."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def post_file(self, path: str, name: str, data: bytes) -> Answer:
        """Send a file with the token of the last page."""
        parts = (
            b'--limit\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n%b\r\n'
            b'--limit\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n%b\r\n--limit--\r\n"
        ) % (self.token.encode(), name.encode(), data)
        return self._ask("POST", path, parts, "multipart/form-data; boundary=limit")

    def _ask(self, method: str, path: str, body: str | bytes | None, kind: str = FORM) -> Answer:
        headers = {
            "Accept": self.accept,
            "Accept-Language": "en",
            "Connection": "close",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
        }
        if body is not None:
            headers["Content-Type"] = kind
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            connection.request(method, path, body, headers)
            got = connection.getresponse()
            text = got.read().decode()
        except (OSError, HTTPException) as error:
            return Answer(0, Message(), repr(error), time.monotonic() - began)
        finally:
            connection.close()
        self._keep(got.headers, text)
        return Answer(got.status, got.headers, text, time.monotonic() - began)

    def _keep(self, headers: Message, text: str) -> None:
        for line in headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        found = TOKEN.search(text)
        if found:
            self.token = found[1]
