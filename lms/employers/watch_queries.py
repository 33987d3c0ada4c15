"""Reads of watches: of an employer, of a certificate, and those that the clock makes us tell."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.certificates import expiry
from lms.certificates.models import Certificate
from lms.certificates.states import IN_USE, State
from lms.db import db
from lms.employers.models import Watch
from lms.kernel.errors import NotFound
from lms.kernel.paging import Page
from lms.people.models import Organisation
from lms.people.queries import under

Wanted = Select[int] | Select[int | None]
"""Certificates, by id."""
PAGE_SIZE = 50
_AT_ONCE = 500
_LATE = timedelta(days=7)
"""Whoever was away so long tells nobody any more that a certificate has ended."""


def by_public_id(public_id: str) -> Watch:
    """A watch with its organisation and certificate; raises NotFound."""
    query = select(Watch).where(Watch.public_id == public_id)
    query = query.options(joinedload(Watch.organisation), joinedload(Watch.certificate))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def count(organisation_id: int) -> int:
    """How many certificates an organisation watches."""
    query = select(func.count(Watch.id)).where(Watch.organisation_id == organisation_id)
    return db.session.scalar(query) or 0


def not_watched(organisation_id: int, wanted: Wanted) -> list[int]:
    """Those of some certificates that are in use and that the organisation does not watch yet."""
    watched = select(Watch.certificate_id).where(Watch.organisation_id == organisation_id)
    query = select(Certificate.id).where(
        Certificate.id.in_(wanted),
        Certificate.state.in_([state.value for state in IN_USE]),
        Certificate.id.not_in(watched),
    )
    return list(db.session.scalars(query.order_by(Certificate.id)))


def watched(organisation_id: int, certificate_ids: Collection[int]) -> set[int]:
    """Which of these certificates the organisation watches."""
    query = select(Watch.certificate_id).where(
        Watch.organisation_id == organisation_id, Watch.certificate_id.in_(certificate_ids)
    )
    return set(db.session.scalars(query))


def of_certificate(certificate_id: int) -> list[Watch]:
    """Who watches a certificate and since when, at most a thousand."""
    query = (
        select(Watch)
        .join(Watch.organisation)
        .where(Watch.certificate_id == certificate_id)
        .options(contains_eager(Watch.organisation), joinedload(Watch.asked_by))
        .order_by(Organisation.name, Watch.id)
    )
    return list(db.session.scalars(query.limit(1000)))


def _listed(paths: tuple[str, ...]) -> Select[Watch]:
    return select(Watch).join(Watch.organisation).where(under(paths))


def _whole(query: Select[Watch]) -> Select[Watch]:
    whole = query.options(joinedload(Watch.certificate), joinedload(Watch.asked_by))
    return whole.order_by(Watch.id.desc())


def page(paths: tuple[str, ...], number: int) -> Page[Watch]:
    """One page of what these organisations watch, the latest first."""
    here = _listed(paths)
    total = db.session.scalar(select(func.count()).select_from(here.subquery())) or 0
    rows = db.session.scalars(_whole(here).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page(list(rows), total, number, PAGE_SIZE)


def every(paths: tuple[str, ...]) -> Iterator[Watch]:
    """All of them, some hundreds at a time."""
    query = _whole(_listed(paths)).execution_options(yield_per=_AT_ONCE)
    yield from db.session.scalars(query)


def _to_tell(today: date) -> ColumnElement[bool]:
    soon = today + timedelta(days=expiry.SOON)
    return and_(
        Certificate.state == State.ISSUED.value,
        or_(
            and_(Certificate.valid_until.between(today, soon), Watch.told.is_(None)),
            and_(
                Certificate.valid_until.between(today - _LATE, today - timedelta(days=1)),
                or_(Watch.told.is_(None), Watch.told != expiry.OVER),
            ),
        ),
    )


def askers_to_tell(today: date) -> list[tuple[int, int]]:
    """Organisations and who asked for them, for whom a certificate ends or has ended."""
    query = (
        select(Watch.organisation_id, Watch.asked_by_id)
        .join(Watch.certificate)
        .where(_to_tell(today))
        .distinct()
        .order_by(Watch.organisation_id, Watch.asked_by_id)
    )
    return [(row.organisation_id, row.asked_by_id) for row in db.session.execute(query)]


def to_tell(organisation_id: int, asked_by_id: int, today: date) -> list[Watch]:
    """The watches that one person is to be told of, held to the end of the transaction."""
    query = (
        select(Watch)
        .join(Watch.certificate)
        .where(
            Watch.organisation_id == organisation_id,
            Watch.asked_by_id == asked_by_id,
            _to_tell(today),
        )
        .options(contains_eager(Watch.certificate))
        .order_by(Certificate.valid_until, Watch.id)
        .with_for_update(of=Watch)
    )
    return list(db.session.scalars(query))
