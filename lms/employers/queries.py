"""Reads of runs, of their rows, and of tokens."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from lms.certificates.models import Certificate
from lms.db import db
from lms.employers.models import ApiToken, CheckRow, CheckRun, Flaw, State
from lms.kernel.errors import NotFound
from lms.kernel.paging import Page
from lms.people.models import User
from lms.people.queries import under
from lms.printing.content import CertificateContent

PAGE_SIZE = 50
_AT_ONCE = 500
VALID = "valid"


@dataclass(frozen=True)
class Answered:
    """A row with what is certified, for a file to take away."""

    row: CheckRow
    facts: CertificateContent | None


def by_public_id(public_id: str) -> CheckRun:
    """A run with organisation, maker and work; raises NotFound."""
    query = select(CheckRun).where(CheckRun.public_id == public_id)
    found = db.session.scalar(
        query.options(
            joinedload(CheckRun.organisation),
            joinedload(CheckRun.made_by),
            joinedload(CheckRun.work),
        )
    )
    if found is None:
        raise NotFound
    return found


def held(run_id: int) -> CheckRun | None:
    """A run, held to the end of the transaction; None when it is gone."""
    query = select(CheckRun).where(CheckRun.id == run_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def listed(paths: tuple[str, ...], number: int) -> Page[CheckRun]:
    """One page of the runs of these organisations, the latest first."""
    here = select(CheckRun).join(CheckRun.organisation).where(under(paths))
    total = db.session.scalar(select(func.count()).select_from(here.subquery())) or 0
    rows = db.session.scalars(
        here.options(joinedload(CheckRun.made_by))
        .order_by(CheckRun.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(list(rows), total, number, PAGE_SIZE)


def next_rows(run: CheckRun, most: int) -> list[CheckRow]:
    """The rows with a code after the one that is reached, in order."""
    query = (
        select(CheckRow)
        .where(
            CheckRow.run_id == run.id,
            CheckRow.number > run.reached,
            CheckRow.flaw != Flaw.BLANK.value,
        )
        .order_by(CheckRow.number)
    )
    return list(db.session.scalars(query.limit(most)))


def answered(run_id: int) -> int:
    """How many rows with a code are answered."""
    query = select(func.count()).where(
        CheckRow.run_id == run_id, CheckRow.outcome != "", CheckRow.flaw != Flaw.BLANK.value
    )
    return db.session.scalar(query) or 0


def counts(run_id: int) -> Counter[str]:
    """How many rows came to each verdict, the blank ones among them."""
    return _grouped(run_id, CheckRow.outcome)


def flaws(run_id: int) -> Counter[str]:
    """How many rows have each flaw."""
    return _grouped(run_id, CheckRow.flaw)


def _grouped(run_id: int, column: InstrumentedAttribute[str]) -> Counter[str]:
    query = select(column, func.count()).where(CheckRow.run_id == run_id, column != "")
    rows = db.session.execute(query.group_by(column)).all()
    return Counter({value: count for value, count in rows})  # noqa: C416  # no pairs to mypy


def page(run: CheckRun, shown: str, number: int) -> Page[CheckRow]:
    """One page of rows in their order; ``shown`` is a verdict or a flaw, empty for all of them."""
    here = select(CheckRow).where(CheckRow.run_id == run.id)
    if shown:
        here = here.where(or_(CheckRow.outcome == shown, CheckRow.flaw == shown))
    total = db.session.scalar(select(func.count()).select_from(here.subquery())) or 0
    rows = db.session.scalars(
        here.options(joinedload(CheckRow.certificate))
        .order_by(CheckRow.number)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(list(rows), total, number, PAGE_SIZE)


def every(run: CheckRun) -> Iterator[Answered]:
    """All rows in their order with what is certified, some hundreds at a time."""
    query = (
        select(CheckRow, Certificate.content)
        .outerjoin(CheckRow.certificate)
        .where(CheckRow.run_id == run.id)
        .order_by(CheckRow.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row, content in db.session.execute(query):
        yield Answered(row, CertificateContent.from_json(content) if content else None)


def certificates_of(run: CheckRun, which: str) -> Select[int | None]:
    """The certificates of a run's rows, by id: of one by its number, or of every valid one."""
    query = select(CheckRow.certificate_id).where(
        CheckRow.run_id == run.id, CheckRow.certificate_id.is_not(None)
    )
    if which == VALID:
        return query.where(CheckRow.outcome == VALID)
    return query.where(
        CheckRow.number == (int(which) if which.isdecimal() and len(which) < 8 else 0)
    )


def to_forget(before: datetime) -> list[str]:
    """Runs that ended before a moment and still hold what was typed, at most a thousand."""
    query = select(CheckRun.public_id).where(
        CheckRun.ended_at < before, CheckRun.forgotten_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(CheckRun.id).limit(1000)))


def never_confirmed(before: datetime) -> list[str]:
    """Tables that have waited since before a moment, at most a thousand."""
    query = select(CheckRun.public_id).where(
        CheckRun.state == State.READY.value, CheckRun.created_at < before
    )
    return list(db.session.scalars(query.order_by(CheckRun.id).limit(1000)))


def token_by_public_id(public_id: str) -> ApiToken:
    """A token with its organisation; raises NotFound."""
    query = select(ApiToken).where(ApiToken.public_id == public_id)
    found = db.session.scalar(query.options(joinedload(ApiToken.organisation)))
    if found is None:
        raise NotFound
    return found


def token_by_digest(digest: str) -> ApiToken | None:
    """A token by what is kept of it, with its organisation and who made it."""
    query = select(ApiToken).where(ApiToken.digest == digest)
    return db.session.scalar(
        query.options(
            joinedload(ApiToken.organisation),
            joinedload(ApiToken.made_by).joinedload(User.organisation),
        )
    )


def tokens(organisation_id: int, number: int) -> Page[ApiToken]:
    """One page of the tokens of an organisation, the latest first."""
    here = select(ApiToken).where(ApiToken.organisation_id == organisation_id)
    total = db.session.scalar(select(func.count()).select_from(here.subquery())) or 0
    rows = db.session.scalars(
        here.options(joinedload(ApiToken.made_by))
        .order_by(ApiToken.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(list(rows), total, number, PAGE_SIZE)


def open_tokens(organisation_id: int, now: datetime) -> int:
    """How many tokens of an organisation still open something."""
    query = select(func.count(ApiToken.id)).where(
        ApiToken.organisation_id == organisation_id,
        ApiToken.ended_at.is_(None),
        ApiToken.expires_at > now,
    )
    return db.session.scalar(query) or 0
