"""Pure decisions about admission: entry rules, what an application lacks, what a committee says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Entry(StrEnum):
    """How somebody stands to the entry rules of an intake."""

    OPEN = "open"
    MET = "met"
    NOT_MET = "lacking"


def entry(routes: Mapping[str, int], level: int | None, years: int | None) -> Entry:
    """Any route will do: a qualification at its level or above, and its years of practice."""
    if not routes:
        return Entry.OPEN
    has, practised = level or 0, years or 0
    met = any(has >= int(asked) and practised >= least for asked, least in routes.items())
    return Entry.MET if met else Entry.NOT_MET


@dataclass(frozen=True)
class Asked:
    """What an intake wants to see: its entry rules, and so many documents of each kind."""

    routes: Mapping[str, int]
    transcripts: int
    letters: int


@dataclass(frozen=True)
class Given:
    """What an application says so far."""

    qualification: str
    level: int | None
    years: int | None
    statement: str
    plea: str
    transcripts: int
    letters: int


def missing(asked: Asked, given: Given) -> list[str]:
    """The parts that keep an application from being sent, in the order of its pages."""
    found = []
    if not given.qualification or given.level is None or given.years is None:
        found.append("qualification")
    if not given.statement.strip():
        found.append("statement")
    not_met = entry(asked.routes, given.level, given.years) is Entry.NOT_MET
    if not_met and "qualification" not in found and not given.plea.strip():
        found.append("plea")
    if given.transcripts < asked.transcripts:
        found.append("transcripts")
    if given.letters < asked.letters:
        found.append("letters")
    return found


def why_not_sent(opens_at: datetime, closes_at: datetime, now: datetime) -> str | None:
    """Why the window of an intake keeps an application out; None when it does not."""
    if now < opens_at:
        return "intake-not-open"
    return "intake-closed" if now > closes_at else None


@dataclass(frozen=True)
class Tally:
    """The recommendations of a committee."""

    admit: int
    refuse: int

    @property
    def given(self) -> int:
        """How many members have said something."""
        return self.admit + self.refuse


def tally(said: Iterable[bool]) -> Tally:
    """Count recommendations."""
    votes = list(said)
    return Tally(sum(votes), len(votes) - sum(votes))


def why_not_decided(counted: Tally, quorum: int, *, admit: bool) -> str | None:
    """Why a decision cannot be taken yet, as a message code; None when it can.

    A refusal needs the quorum; an offer also more members for it than against.
    """
    if counted.given < quorum:
        return "committee-no-quorum"
    if admit and counted.admit <= counted.refuse:
        return "committee-no-majority"
    return None
