"""Strangers who try passwords, from as many addresses as they like."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from tests.drills.browsing import Browser

WRONG = "not the password at all"
HANDS = 4


def address(number: int) -> str:
    """One of sixteen million."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Attack:
    """So many wrong passwords on these accounts; each hand has a browser of its own."""

    def __init__(self, port: int, emails: Sequence[str], *, addresses: int, first: int) -> None:
        self.port, self.emails = port, emails
        self.addresses, self.first = addresses, first
        self.answers: Counter[int] = Counter()
        self._numbers = count()
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def _hand(self, tries: int | None) -> None:
        browser = Browser(self.port, address(self.first))
        browser.get("/sign-in")
        while not self._stop.is_set():
            with self._lock:
                number = next(self._numbers)
            if tries is not None and number >= tries:
                return
            browser.address = address(self.first + number % self.addresses)
            email = self.emails[number % len(self.emails)]
            status = browser.post("/sign-in", email=email, password=WRONG).status
            with self._lock:
                self.answers[status] += 1

    def _start(self, tries: int | None) -> list[threading.Thread]:
        hands = [threading.Thread(target=self._hand, args=(tries,)) for _ in range(HANDS)]
        for hand in hands:
            hand.start()
        return hands

    def make(self, tries: int) -> Counter[int]:
        """All of it; returns how many answers of each status came."""
        for hand in self._start(tries):
            hand.join()
        return self.answers

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Try without a pause until the end of the block."""
        hands = self._start(None)
        try:
            yield
        finally:
            self._stop.set()
            for hand in hands:
                hand.join()
