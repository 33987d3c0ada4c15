"""Who a browser's secret stands for, and what they may do.

It is asked at every request of everybody signed in: one statement, made once, of plain columns.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from lms.db import db
from lms.kernel.permissions import Actor, Grant, Role
from lms.people.account_models import UserSession
from lms.people.models import Organisation, RoleGrant, User
from lms.people.sessions import OVERLAP, digest_of


@dataclass(frozen=True)
class Who:
    """A person in an open session; independent of the database session."""

    session_id: int
    began_at: datetime
    seen_at: datetime
    confirmed_at: datetime
    renewal_due: bool
    strong: bool
    name: str
    locale: str
    actor: Actor


_session, _user, _grant = UserSession.__table__.c, User.__table__.c, RoleGrant.__table__.c
_home = Organisation.__table__.alias("home")
_over = Organisation.__table__.alias("granted")
_BY_DIGEST = (
    select(
        _session.id,
        _session.created_at,
        _session.seen_at,
        _session.confirmed_at,
        _session.renewal_due,
        _session.strong,
        _user.id.label("user_id"),
        _user.name,
        _user.locale,
        _home.c.path.label("home"),
        _grant.role,
        _over.c.path.label("granted"),
    )
    .select_from(UserSession.__table__)
    .join(User.__table__, _user.id == _session.user_id)
    .outerjoin(_home, _home.c.id == _user.organisation_id)
    .outerjoin(RoleGrant.__table__, _grant.user_id == _user.id)
    .outerjoin(_over, _over.c.id == _grant.organisation_id)
    .where(
        or_(
            _session.digest == bindparam("digest"),
            and_(
                _session.previous_digest == bindparam("digest"),
                _session.renewed_at > bindparam("replaced_after"),
            ),
        ),
        _session.ended_at.is_(None),
        _user.is_active,
    )
    .order_by(_grant.id)
)


def by_secret(secret: str, *, now: datetime) -> Who | None:
    """Whose open session it is, with the roles they hold; None when it is nobody's (any more)."""
    asked = {"digest": digest_of(secret), "replaced_after": now - OVERLAP}
    rows = db.session.execute(_BY_DIGEST, asked).all()
    return _who(list(rows)) if rows else None


def _who(rows: list[Any]) -> Who:
    first = rows[0]
    grants = tuple(Grant(Role(each.role), each.granted) for each in rows if each.role is not None)
    return Who(
        session_id=first.id,
        began_at=first.created_at,
        seen_at=first.seen_at,
        confirmed_at=first.confirmed_at or first.created_at,
        renewal_due=first.renewal_due,
        strong=first.strong,
        name=first.name,
        locale=first.locale,
        actor=Actor(first.user_id, first.home, grants),
    )
