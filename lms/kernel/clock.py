"""The only source of the present moment; tests freeze it with time-machine."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # this is the one place


def today(zone: str) -> date:
    """The civil date in an organisation's time zone."""
    return now().astimezone(ZoneInfo(zone)).date()
