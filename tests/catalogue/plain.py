"""Courses and offerings of the catalogue as plain values, without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lms.catalogue.filters import Candidate, Run

NOW = datetime(2027, 3, 10, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def run(
    starts: str = "2027-04-05",
    venue: str = "Kuching",
    *,
    free: int = 3,
    opens: datetime = NOW - DAY,
) -> Run:
    """An offering of one day that closes in 90 days."""
    day = date.fromisoformat(starts)
    return Run(1, day, day, venue, "open", opens, NOW + 90 * DAY, 5, free, "")


def course(
    code: str = "A",
    *runs: Run,
    kind: str = "short",
    mode: str = "online",
    languages: frozenset[str] = frozenset({"ms"}),
    competencies: frozenset[str] = frozenset(),
) -> Candidate:
    """A course with these offerings, given by their first day; its id follows from its code."""
    return Candidate(
        id=int.from_bytes(code.encode()),
        public_id="",
        code=code,
        titles={"en": f"Title {code}"},
        summaries={},
        kind=kind,
        mode=mode,
        minutes=60,
        cpd=Decimal(0),
        languages=languages,
        competencies=competencies,
        assessed=0,
        undated=False,
        runs=runs,
    )
