"""People at work while something happens to the database, and what they saw."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.drills.browsing import Answer, Browser

PACE = 0.2
PATIENCE = 1.0
KINDS = ("sign in", "enrol", "forgotten", "verify")


class _Stopped(Exception):
    """The drill is over."""


@dataclass
class Seen:
    """What the crowd was told."""

    answers: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)
    """Acknowledged places, by the person's address."""
    asked: set[str] = field(default_factory=set)
    """Who was told that a link is on its way."""
    good: list[tuple[float, str]] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, kind: str, answer: Answer) -> None:
        """One answer; what an answer in trouble must have is looked at here."""
        self.answers[answer.status] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status == 503:
            self._must_help(kind, answer)
        elif answer.status == 0 or answer.status >= 500:
            self.faults[f"{kind}: {answer.status or answer.text}"] += 1
        elif answer.status < 400:
            self.good.append((time.monotonic(), kind))
        elif answer.status != 429:
            self.faults[f"{kind}: {answer.status}"] += 1

    def _must_help(self, kind: str, answer: Answer) -> None:
        if answer.wait < 1:
            self.faults[f"{kind}: 503 without Retry-After"] += 1
        if "json" in answer.headers.get("Content-Type", ""):
            said = json.loads(answer.text).get("kept", "")
        else:
            said = answer.text.partition("What was kept")[2]
        if "saved before is kept" not in said:
            self.faults[f"{kind}: 503 that does not say what was kept"] += 1

    def first_good(self, kind: str, since: float) -> float | None:
        """Seconds from a moment to the first good answer after it."""
        return next(
            (at - since for at, what in list(self.good) if what == kind and at > since), None
        )


@dataclass
class Crowd:
    """Learners who sign in, take a seat and ask for a link, and people who check certificates."""

    port: int
    offering: str
    certificate: str
    password: str
    emails: list[str]
    seen: Seen = field(default_factory=Seen)
    stopping: bool = False

    def _until_answered(self, kind: str, ask: Callable[[], Answer]) -> Answer:
        while True:
            if self.stopping:
                raise _Stopped
            answer = ask()
            self.seen.note(kind, answer)
            if answer.status not in {0, 429, 500, 503}:
                return answer
            time.sleep(min(answer.wait, PATIENCE) or 0.1)

    def _learner(self, first: int, step: int) -> None:
        for number in range(first, len(self.emails), step):
            browser = Browser(self.port, f"10.1.{number // 250}.{number % 250 + 1}")
            self._take_a_seat(browser, self.emails[number])
            self._ask_for_a_link(browser, self.emails[number])
            time.sleep(PACE)

    def _take_a_seat(self, browser: Browser, email: str) -> None:
        self._until_answered("sign in", lambda: browser.get("/sign-in"))
        words = {"email": email, "password": self.password}
        self._until_answered("sign in", lambda: browser.post("/sign-in", **words))
        path = f"/offerings/{self.offering}/enrol"
        answer = self._until_answered("enrol", lambda: browser.get(path))
        if answer.status == 200:
            answer = self._until_answered("enrol", lambda: browser.post(path))
        self.seen.places[email] = answer.headers.get("Location", "").rpartition("/")[2]

    def _ask_for_a_link(self, browser: Browser, email: str) -> None:
        self._until_answered("forgotten", lambda: browser.get("/forgotten"))
        self._until_answered("forgotten", lambda: browser.post("/forgotten", email=email))
        self.seen.asked.add(email)

    def _checker(self, accept: str) -> None:
        number = 0
        while True:
            browser = Browser(
                self.port, f"10.2.{number // 250 % 250}.{number % 250}", accept=accept
            )
            path = f"/v/{self.certificate}"
            self._until_answered("verify", lambda: browser.get(path))  # noqa: B023  # asked at once
            number += 1
            time.sleep(PACE / 2)

    @contextmanager
    def at_work(self, learners: int) -> Iterator[Seen]:
        """Let them work until the end of the block."""
        works: list[tuple[Callable[..., None], tuple[object, ...]]] = [
            *((self._learner, (number, learners)) for number in range(learners)),
            (self._checker, ("text/html",)),
            (self._checker, ("application/json",)),
        ]
        threads = [threading.Thread(target=self._guarded, args=each, daemon=True) for each in works]
        for thread in threads:
            thread.start()
        try:
            yield self.seen
        finally:
            self.stopping = True
            for thread in threads:
                thread.join(timeout=60)

    def _guarded(self, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
        try:
            work(*arguments)
        except _Stopped:
            pass
        except Exception as error:  # noqa: BLE001  # a client that breaks must not pass unseen
            self.seen.faults[f"a client broke: {error!r}"] += 1
