"""The address of a person's own calendar: made, renewed, ended, and found again.

Programs that read calendars cannot sign in: whoever has the address reads the calendar. It holds
128 bits that are kept nowhere: they are an HMAC-SHA-256 of the row under the server's key.
"""

import hmac

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel.errors import NotFound
from lms.timetable import queries
from lms.timetable.models import CalendarFeed

_LENGTH = 32  # hexadecimal digits


def renew(user_id: int) -> CalendarFeed:
    """A new address; the one before leads nowhere from now on.

    Raises Conflict when another request was quicker.
    """
    _drop(user_id)
    feed = CalendarFeed(user_id=user_id)
    with unique_or("stale"):
        db.session.add(feed)
    audit.record(user_id, "timetable.feed.renewed", feed)
    return feed


def end(user_id: int) -> None:
    """The address leads nowhere any more; does nothing when there is none."""
    dropped = _drop(user_id)
    if dropped is not None:
        audit.record(user_id, "timetable.feed.ended", dropped)


def _drop(user_id: int) -> CalendarFeed | None:
    standing = queries.feed_of(user_id)
    if standing is not None:
        db.session.delete(standing)
        db.session.flush()
    return standing


def token_of(feed: CalendarFeed, key: str) -> str:
    """What stands in the address."""
    said = f"calendar {feed.public_id}".encode()
    return f"{feed.public_id}-{hmac.digest(key.encode(), said, 'sha256').hex()[:_LENGTH]}"


def by_token(token: str, key: str) -> CalendarFeed:
    """The calendar of an address; raises NotFound."""
    feed = queries.feed(token.partition("-")[0])
    if feed is None or not hmac.compare_digest(token_of(feed, key).encode(), token.encode()):
        raise NotFound
    return feed
