"""The address of a person's own calendar: made, renewed, ended, and found again.

Programs that read calendars cannot sign in: whoever has the address reads the calendar.
"""

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel import secret_addresses
from lms.kernel.errors import NotFound
from lms.timetable import queries
from lms.timetable.models import CalendarFeed

_PURPOSE = "calendar"


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
    return secret_addresses.token(_PURPOSE, feed.public_id, key)


def by_token(token: str, key: str) -> CalendarFeed:
    """The calendar of an address; raises NotFound."""
    feed = queries.feed(secret_addresses.named_by(token))
    if feed is None or not secret_addresses.is_token(token, _PURPOSE, feed.public_id, key):
        raise NotFound
    return feed
