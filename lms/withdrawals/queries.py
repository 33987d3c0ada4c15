"""Reads of withdrawals: of one certificate, and those a registrar has before them."""

from typing import TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.certificates.models import Certificate
from lms.db import db
from lms.kernel.errors import NotFound
from lms.kernel.paging import Page
from lms.people.queries import under
from lms.withdrawals.models import Kind, State, Withdrawal

PAGE_SIZE = 50
T = TypeVar("T")


def by_public_id(public_id: str) -> Withdrawal:
    """A withdrawal with certificate, provider and people; raises NotFound."""
    found = db.session.scalar(_whole().where(Withdrawal.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def of_certificate(certificate_id: int) -> list[Withdrawal]:
    """What was done to a certificate, and the correction it came from; the latest first."""
    concerned = or_(
        Withdrawal.certificate_id == certificate_id, Withdrawal.replacement_id == certificate_id
    )
    query = _whole().where(concerned).order_by(Withdrawal.asked_at.desc(), Withdrawal.id.desc())
    return list(db.session.scalars(query))


def waiting_of(certificate_id: int) -> Withdrawal | None:
    """The revocation of a certificate that waits for a second person."""
    return db.session.scalar(_state_of(certificate_id, Kind.REVOCATION, State.WAITING))


def suspension_of(certificate_id: int) -> Withdrawal | None:
    """The suspension that holds for a certificate."""
    query = _state_of(certificate_id, Kind.SUSPENSION, State.DONE)
    return db.session.scalar(query.order_by(Withdrawal.id.desc()).limit(1))


def is_suspended_by_hand(certificate_id: int) -> bool:
    """Whether a registrar suspended a certificate, and has not lifted it."""
    return suspension_of(certificate_id) is not None


def _state_of(certificate_id: int, kind: Kind, state: State) -> Select[Withdrawal]:
    return select(Withdrawal).where(
        Withdrawal.certificate_id == certificate_id,
        Withdrawal.kind == kind.value,
        Withdrawal.state == state.value,
    )


def waiting_under(paths: tuple[str, ...]) -> list[Withdrawal]:
    """Revocations that wait at providers under the paths, the oldest first, at most two hundred."""
    query = _whole().where(under(paths), Withdrawal.state == State.WAITING.value)
    return list(db.session.scalars(query.order_by(Withdrawal.asked_at, Withdrawal.id).limit(200)))


def past_under(paths: tuple[str, ...], number: int) -> Page[Withdrawal]:
    """One page of what waits no more, the latest first."""
    here = (under(paths), Withdrawal.state != State.WAITING.value)
    total = db.session.scalar(_joined(select(func.count(Withdrawal.id))).where(*here)) or 0
    rows = db.session.scalars(
        _whole()
        .where(*here)
        .order_by(Withdrawal.asked_at.desc(), Withdrawal.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(list(rows), total, number, PAGE_SIZE)


def _joined(query: Select[T]) -> Select[T]:
    return query.join(Withdrawal.certificate).join(Certificate.issuer)


def _whole() -> Select[Withdrawal]:
    return _joined(select(Withdrawal)).options(
        contains_eager(Withdrawal.certificate).contains_eager(Certificate.issuer),
        contains_eager(Withdrawal.certificate).joinedload(Certificate.user),
        joinedload(Withdrawal.asked_by),
        joinedload(Withdrawal.decided_by),
        joinedload(Withdrawal.replacement),
    )
