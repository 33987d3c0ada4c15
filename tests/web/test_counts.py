"""Counts begin anew when their window has ended, are shared where asked, and never close a page."""

import threading

import pytest
from limits.storage import MemoryStorage

from lms.config import Misconfigured
from lms.web import counts
from lms.web.counts import OwnCounts, SharedCounts


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """The seconds of this clock."""
        return self.now

    def time(self) -> float:
        """The same: storages say when a window ends."""
        return self.now


class Broken(MemoryStorage):
    """A storage that answers only while it is told to."""

    answers = False

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, or break."""
        if not self.answers:
            raise ConnectionError
        return super().incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """Tell, or break."""
        if not self.answers:
            raise ConnectionError
        return super().get(key)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(counts, "time", made)
    return made


def test_a_window_begins_with_the_first_and_ends_by_itself(clock: Clock) -> None:
    own = OwnCounts()
    assert own.add("a", 60) == (1, 60)
    clock.now += 59
    assert own.add("a", 60) == (2, 1)
    assert own.get("a") == (2, 1)
    clock.now += 1
    assert own.get("a").number == 0
    assert own.add("a", 60) == (1, 60)
    assert own.get("b").number == 0


def test_what_has_ended_takes_no_room(clock: Clock) -> None:
    own = OwnCounts()
    for number in range(100):
        own.add(f"short {number}", 10)
    own.add("long", 3600)
    clock.now += counts.SWEEP_SECONDS + 1
    own.add("new", 10)
    assert sorted(own._windows) == ["long", "new"]
    assert own.get("long").number == 1


def test_threads_do_not_lose_counts() -> None:
    own = OwnCounts()

    def count() -> None:
        for _ in range(500):
            own.add("a", 600)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert own.get("a").number == 4000


def test_processes_that_share_a_storage_count_together() -> None:
    storage = MemoryStorage()
    one, other = SharedCounts(storage), SharedCounts(storage)
    one.add("a", 60)
    found = other.add("a", 60)
    assert found.number == 2
    assert 58 < found.seconds_left <= 60
    assert one.get("a").number == 2
    one.forget()
    assert other.get("a").number == 0


def test_a_storage_that_is_down_is_left_alone_a_while_and_each_counts_for_itself(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    storage = Broken()
    shared = SharedCounts(storage)
    assert [shared.add("a", 60).number for _ in range(3)] == [1, 2, 3]
    assert shared.get("a").number == 3
    assert len(caplog.records) == 1
    storage.answers = True
    assert shared.add("a", 60).number == 4
    clock.now += counts.PATIENCE
    assert shared.add("a", 60).number == 1
    storage.answers = False
    assert shared.get("a").number == 4


def test_the_address_says_where() -> None:
    assert isinstance(counts.kept_at("memory://"), OwnCounts)
    for wrong in ("async+memory://", "nowhere://"):
        with pytest.raises(Misconfigured, match="LMS_LIMITS_STORAGE"):
            counts.kept_at(wrong)
