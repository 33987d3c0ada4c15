"""Pure decisions about jobs: how long to wait before another try."""

from datetime import timedelta

TRIES = 5
LONGEST = timedelta(minutes=10)
# What failed before waits behind what has not: a thousand mails that are tried again and again must
# not keep the worker from everything else.
AFTER_FAILURE = 100
SECOND = timedelta(seconds=1)


def delay(attempt: int, jitter: float) -> timedelta:
    """The wait after a failed try: 2, 4, 8 … seconds and up to one more, never over ten minutes.

    ``jitter`` is a number from 0 to 1, so that what failed together does not come back together.
    """
    return min(SECOND * (2.0 ** min(attempt, 12) + jitter), LONGEST)
