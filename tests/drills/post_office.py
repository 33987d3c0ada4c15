"""A real small mail server that can be told to behave badly."""

import re
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

UNKNOWN = "nobody"
HANG_SECONDS = 30.0
ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)


class PostOffice:
    """Listens on one port of this machine; ``mood`` says what it does with who comes.

    ``well``: takes every mail, but refuses recipients that begin with ``nobody`` (550, always).
    ``greets badly`` (421), ``full`` (452 at RCPT), ``hangs`` (says nothing), ``dies`` (hangs up in
    the middle of DATA), ``forgets`` (takes the mail, then hangs up without a word), ``lingers``
    (takes it, and is silent at QUIT).
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.taken: Counter[str] = Counter()
        self.forgotten = 0
        self.met: Counter[str] = Counter()
        self.on_taken: Callable[[], None] = lambda: None
        self._server: socketserver.ThreadingTCPServer | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def open(self) -> None:
        """Listen."""
        office = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # the client went away
                    _Talk(office, self).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def let_go(self) -> None:
        """In a process forked from this one: what it inherited would keep the port open."""
        if self._server is not None:
            self._server.socket.close()


class _Talk:
    """One connection."""

    def __init__(self, office: PostOffice, handler: socketserver.StreamRequestHandler) -> None:
        self.office, self.lines, self.out = office, handler.rfile, handler.wfile
        self.mood = office.mood

    def say(self, words: str) -> None:
        self.out.write(words.encode() + b"\r\n")

    def run(self) -> None:
        self.office.met[self.mood] += 1
        if self.mood == "hangs":
            time.sleep(HANG_SECONDS)
            return
        if self.mood == "greets badly":
            self.say("421 not today")
            return
        self.say("220 post office")
        for line in self.lines:
            verb = line.split()[0].upper() if line.split() else b""
            if not self.answer(verb, line):
                return

    def answer(self, verb: bytes, line: bytes) -> bool:
        """Whether the talk goes on."""
        if verb == b"DATA":
            return self.data()
        if verb == b"QUIT":
            if self.mood == "lingers":
                time.sleep(HANG_SECONDS)
            self.say("221 bye")
            return False
        if verb == b"RCPT" and f"<{UNKNOWN}".encode() in line:
            self.say("550 5.1.1 no such person")
        elif verb == b"RCPT" and self.mood == "full":
            self.say("452 4.2.2 the box is full")
        else:
            self.say("250 ok")
        return True

    def data(self) -> bool:
        self.say("354 go on")
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            line = self.lines.readline()
            if not line:
                return False  # the client died: nothing was handed over
            body += line
            if self.mood == "dies":
                return False
        found = ID.search(body)
        self.office.taken[found[1].decode() if found else "without"] += 1
        self.office.on_taken()
        if self.mood == "forgets":
            self.office.forgotten += 1
            return False
        self.say("250 taken")
        return True
