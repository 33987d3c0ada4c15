"""Who comes to an offering: all that the rules ask about, read by one statement of plain columns.

When a course opens thousands come in the same seconds, and loading each row as an object of its own
would cost them more than everything else here.
"""

import json
from functools import lru_cache

from sqlalchemy import String, and_, bindparam, exists, func, select
from sqlalchemy.orm.attributes import set_committed_value

from lms.catalogue.models import Offering, SeatPool, SeatTerms
from lms.catalogue.prerequisite_models import Prerequisite
from lms.kernel.errors import Invalid, NotFound
from lms.objects import known
from lms.people.models import Organisation, User
from lms.reading import Reading, moment, text_of, truth

_offering, _pool = Offering.__table__.c, SeatPool.__table__.c
_user, _home = User.__table__.c, Organisation.__table__.c
_asked, _terms = Prerequisite.__table__.c, SeatTerms.__table__.c
_NAMED = _offering.public_id == bindparam("public_id")
_KINDS = Reading(
    select(text_of(func.count(_pool.id)))
    .select_from(SeatPool.__table__.join(Offering.__table__, _offering.id == _pool.offering_id))
    .where(_NAMED)
)
_MET = Reading(
    select(
        text_of(_pool.id),
        _pool.public_id,
        text_of(_offering.id),
        text_of(_offering.course_version_id),
        _offering.state,
        text_of(_offering.opens_at),
        text_of(_offering.closes_at),
        text_of(_offering.offer_hours),
        text_of(_offering.approvals),
        text_of(_offering.copies),
        text_of(exists().where(_asked.course_version_id == _offering.course_version_id)),
        text_of(_user.id),
        text_of(_user.line_manager_id),
        text_of(_home.id),
        _home.path,
    )
    .select_from(Offering.__table__)
    .join(SeatPool.__table__, _pool.offering_id == _offering.id)
    .outerjoin(User.__table__, and_(_user.id == bindparam("user_id"), _user.is_active))
    .outerjoin(Organisation.__table__, _home.id == _user.organisation_id)
    .where(_NAMED)
    .order_by(_pool.id)
)

_TERMS = Reading(
    select(text_of(_terms.id), text_of(_terms.rank))
    .join(Organisation.__table__, _home.id == _terms.organisation_id)
    .where(
        _terms.offering_id == bindparam("offering_id"),
        _home.path != "",
        bindparam("path", type_=String).like(_home.path + "%"),
    )
    .order_by(func.length(_home.path).desc())
    .limit(1)
)


@lru_cache(maxsize=1000)
def one_kind(public_id: str) -> bool:
    """Whether there is one kind of seat, so that nothing is to be chosen; raises NotFound.

    It is kept: which kinds an offering has is said when it is made, and never again.
    """
    found = _KINDS.one({"public_id": public_id})
    if found is None or found[0] == "0":
        raise NotFound
    return bool(found[0] == "1")


def met(public_id: str, user_id: int) -> tuple[Offering, User]:
    """The offering and the person, with what is asked of them here; the rest is read when needed.

    Raises NotFound, and Invalid when the account was closed just now.
    """
    rows = _MET.all({"public_id": public_id, "user_id": user_id})
    if not rows:
        raise NotFound
    offering_id, version_id, state, opens, closes, hours, approvals, copies, asks = rows[0][2:11]
    offering = known(
        Offering,
        int(offering_id),
        public_id=public_id,
        course_version_id=int(version_id),
        state=state,
        opens_at=moment(opens),
        closes_at=moment(closes),
        offer_hours=int(hours) if hours else None,
        approvals=json.loads(approvals),
        copies=json.loads(copies),
    )
    offering.asks = truth(asks)
    pools = [
        known(SeatPool, int(pool_id), public_id=named, offering_id=offering.id)
        for pool_id, named, *_ in rows
    ]
    set_committed_value(offering, "pools", pools)
    return offering, _person(*rows[0][11:])


def _person(
    user_id: str | None, manager_id: str | None, home_id: str | None, path: str | None
) -> User:
    if user_id is None:
        raise Invalid
    if home_id is not None:
        known(Organisation, int(home_id), path=path)
    return known(
        User,
        int(user_id),
        is_active=True,
        line_manager_id=int(manager_id) if manager_id else None,
        organisation_id=int(home_id) if home_id else None,
    )


def terms_for(offering: Offering, user: User) -> SeatTerms | None:
    """The terms of the person's organisation, or of the nearest one above it that has some."""
    if user.organisation is None:
        return None
    found = _TERMS.one({"offering_id": offering.id, "path": user.organisation.path})
    if found is None:
        return None
    return known(SeatTerms, int(found[0]), offering_id=offering.id, rank=int(found[1]))
