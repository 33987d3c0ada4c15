"""Delays grow, stay below their bound, and end; sessions end at the nearer of two limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.rules import (
    PATIENCE,
    Lifetime,
    TriedOn,
    password_fault,
    seconds_to_wait,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KINDS = st.sampled_from(list(TriedOn))
COUNTS = st.integers(0, 10**6)


@given(kind=KINDS, failures=COUNTS)
def test_more_tries_never_wait_less_and_never_for_ever(kind: TriedOn, failures: int) -> None:
    patience = PATIENCE[kind]
    assert patience.wait(failures) <= patience.wait(failures + 1) <= patience.longest


@given(kind=KINDS, failures=COUNTS, passed=st.integers(0, 7200))
def test_waiting_leads_to_the_end_of_the_wait(kind: TriedOn, failures: int, passed: int) -> None:
    left = seconds_to_wait(kind, failures, NOW, NOW + timedelta(seconds=passed))
    assert left >= 0
    assert seconds_to_wait(kind, failures, NOW, NOW + timedelta(seconds=passed + left)) == 0


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (9, 0), (10, 1), (11, 2), (12, 4), (15, 30), (10_000, 30)]
)
def test_an_account_attacked_from_everywhere_waits_half_a_minute(
    failures: int, seconds: int
) -> None:
    assert seconds_to_wait(TriedOn.ACCOUNT, failures, NOW, NOW) == seconds


def test_tries_are_forgotten() -> None:
    later = NOW + PATIENCE[TriedOn.NETWORK].memory
    assert seconds_to_wait(TriedOn.NETWORK, 10**6, NOW, later) == 0
    assert seconds_to_wait(TriedOn.NETWORK, 10**6, NOW, later - timedelta(seconds=1)) == 1


@given(idle=st.integers(1, 10**6), absolute=st.integers(1, 10**6), seen=st.integers(0, 10**6))
def test_a_session_ends_at_the_nearer_limit(idle: int, absolute: int, seen: int) -> None:
    limits = Lifetime(timedelta(seconds=idle), timedelta(seconds=absolute))
    ends = limits.ends_at(NOW, NOW + timedelta(seconds=seen))
    assert ends == NOW + timedelta(seconds=min(absolute, seen + idle))


@pytest.mark.parametrize(
    ("password", "easy", "fault"),
    [
        ("x" * 11, False, "password-too-short"),
        ("x" * 12, False, None),
        ("x" * 128, False, None),
        ("x" * 129, False, "password-too-long"),
        ("x" * 12, True, "password-easy"),
    ],
)
def test_a_password_is_long_and_not_known(password: str, *, easy: bool, fault: str | None) -> None:
    assert password_fault(password, easy=easy) == fault
