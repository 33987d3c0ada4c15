"""The wait after a failed try."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.jobs import rules

ATTEMPTS = st.integers(1, 10_000)
JITTER = st.floats(0, 1)


@given(ATTEMPTS, JITTER)
def test_the_wait_is_two_seconds_or_more_and_never_over_ten_minutes(n: int, jitter: float) -> None:
    assert timedelta(seconds=2) <= rules.delay(n, jitter) <= timedelta(minutes=10)


@given(ATTEMPTS, JITTER, JITTER)
def test_a_later_try_never_waits_less(n: int, one: float, other: float) -> None:
    assert rules.delay(n, one) <= rules.delay(n + 1, other)


@given(st.integers(1, 9), JITTER)
def test_it_doubles_and_jitter_adds_a_second_at_most(n: int, jitter: float) -> None:
    wait = rules.delay(n, jitter).total_seconds()
    assert min(2**n, 600) <= wait <= min(2**n + 1, 600)
