"""Who a browser's secret stands for, and what they may do.

It is asked at every request of everybody signed in: one statement, sent by the driver.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from lms.driver import Texts
from lms.kernel.permissions import Actor, Grant, Role
from lms.people.account_models import UserSession
from lms.people.models import Organisation, RoleGrant, User
from lms.people.sessions import OVERLAP, digest_of
from lms.reading import Reading, moment, text_of, truth


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
_HELD = (
    select(
        text_of(_session.id),
        text_of(_session.ended_at),
        text_of(_session.created_at),
        text_of(_session.seen_at),
        text_of(_session.confirmed_at),
        text_of(_session.renewal_due),
        text_of(_session.strong),
        text_of(_user.id),
        _user.name,
        _user.locale,
        _home.c.path,
        _grant.role,
        _over.c.path,
    )
    .select_from(UserSession.__table__)
    .join(User.__table__, _user.id == _session.user_id)
    .outerjoin(_home, _home.c.id == _user.organisation_id)
    .outerjoin(RoleGrant.__table__, _grant.user_id == _user.id)
    .outerjoin(_over, _over.c.id == _grant.organisation_id)
    .where(_user.is_active)
    .order_by(_grant.id)
)
# Apart from each other, and without asking whether it has ended: a planner that knows little of the
# table would go through all sessions that are open.
_BY_DIGEST = Reading(_HELD.where(_session.digest == bindparam("digest")))
_BY_FORMER = Reading(
    _HELD.where(
        _session.previous_digest == bindparam("digest"),
        _session.renewed_at > bindparam("replaced_after"),
    )
)


def by_secret(secret: str, *, now: datetime) -> Who | None:
    """Whose open session it is, with the roles they hold; None when it is nobody's (any more)."""
    digest = digest_of(secret)
    rows = _BY_DIGEST.all({"digest": digest})
    if not rows:  # perhaps the secret was replaced while this request was under way
        rows = _BY_FORMER.all({"digest": digest, "replaced_after": now - OVERLAP})
    return _who(rows) if rows and rows[0][1] is None else None


def _who(rows: list[Texts]) -> Who:
    session_id, _ended, began, seen, confirmed, due, strong, user_id, name, locale, home = rows[0][
        :11
    ]
    grants = tuple(Grant(Role(role), path) for *_, role, path in rows if role is not None)
    return Who(
        session_id=int(session_id),
        began_at=moment(began),
        seen_at=moment(seen),
        confirmed_at=moment(confirmed or began),
        renewal_due=truth(due),
        strong=truth(strong),
        name=name,
        locale=locale,
        actor=Actor(int(user_id), home, grants),
    )
