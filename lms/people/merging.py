"""Two accounts of one person become one: looked at first, done at once, undone within a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Table, UniqueConstraint, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.audit import service as audit
from lms.db import Model, db, lock
from lms.kernel.errors import Conflict
from lms.people import identity, moving
from lms.people.merge_models import AccountMerge
from lms.people.models import RoleGrant, User
from lms.people.moving import Place

UNDO = timedelta(hours=24)
_CHUNK = 500


@dataclass(frozen=True)
class Preview:
    """What would move, by table, and what stands in the way: message codes, tables that clash."""

    counts: dict[str, int]
    refusals: list[str]
    clashes: list[str]

    @property
    def possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.refusals and not self.clashes


def preview(old: User, new: User, *, by: int) -> Preview:
    """Count and compare; nothing is written."""
    places = sorted(moving.MOVES)
    counts = {place.table: len(_ids(place, old.id)) for place in places}
    clashes = [place.table for place in places if _clash(place, old.id, new.id)]
    return Preview(counts, _refusals(old, new, by), clashes)


def _clash(place: Place, old_id: int, new_id: int) -> bool:
    """Whether some unique constraint would see one row of each account as the same."""
    table = _table(place)
    of_both = table.c[place.column].in_((old_id, new_id))
    for columns, where in _uniques(table):
        if place.column not in columns:
            continue
        others = [table.c[name] for name in columns if name != place.column]
        # Where one of them is empty, no two rows are the same to the database.
        filled = [column.is_not(None) for column in others]
        query = select(func.count()).select_from(table).where(of_both, *filled)
        if where is not None:
            query = query.where(where)
        query = query.group_by(*others).having(func.count() > 1).limit(1)
        if db.session.scalar(query) is not None:
            return True
    return False


def _uniques(table: Table) -> Iterator[tuple[list[str], ColumnElement[bool] | None]]:
    engine = db.engine.dialect.name
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns], None
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns], index.dialect_options[engine]["where"]


def _refusals(old: User, new: User, by: int) -> list[str]:
    found = []
    if old.id == new.id:
        return ["merge-same-account"]
    if by in {old.id, new.id}:
        found.append("merge-own")
    if not (old.is_active and new.is_active):
        found.append("account-closed")
    held = select(RoleGrant.id).where(RoleGrant.user_id == old.id).limit(1)
    if db.session.scalar(held) is not None:
        found.append("merge-old-has-roles")
    if identity.of_user(old.id) is not None:
        found.append("merge-old-has-number")
    asked = (question(old.id, new.id) for question in moving.QUESTIONS)
    return found + [code for code in asked if code is not None]


def merge(old: User, new: User, *, by: int, now: datetime) -> AccountMerge:
    """Move everything to the new account and close the old; raises Conflict and moves nothing."""
    for account in sorted((old, new), key=lambda user: user.id):
        lock(account)
    if not preview(old, new, by=by).possible:
        raise Conflict("merge-changed")
    moved = {}
    try:
        with db.session.begin_nested():
            for place in sorted(moving.MOVES):
                ids = _ids(place, old.id)
                _point(place, ids, old.id, new.id)
                moved[place.name] = ids
    except IntegrityError as clash:
        raise Conflict("merge-changed") from clash
    old.is_active = False
    record = AccountMerge(
        old_user_id=old.id,
        new_user_id=new.id,
        moved=moved,
        served_since=new.serving_since,
        merged_by_id=by,
        merged_at=now,
    )
    new.serving_since = _earlier(old.serving_since, new.serving_since)
    db.session.add(record)
    db.session.flush()
    db.session.expire_all()
    _record_merge(record, by)
    return record


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _record_merge(record: AccountMerge, by: int) -> None:
    counts = {name: len(ids) for name, ids in record.moved.items() if ids}
    account, new = record.old_user.public_id, record.new_user
    served = [record.served_since, new.serving_since]
    since = [str(day) if day else None for day in served]
    changes = {"changes": {"serving_since": since}} if served[0] != served[1] else {}
    audit.record(
        by, "people.accounts.merged", new, sealed=True, account=account, counts=counts, **changes
    )


def undo(record: AccountMerge, *, by: int, now: datetime) -> None:
    """Give back exactly what moved; raises Conflict after a day, or when it cannot be."""
    undone = db.session.execute(
        update(AccountMerge)
        .where(
            AccountMerge.id == record.id,
            AccountMerge.undone_at.is_(None),
            AccountMerge.merged_at > now - UNDO,
        )
        .values(undone_at=now, undone_by_id=by)
        .returning(AccountMerge.id)
        .execution_options(synchronize_session=False)
    )
    if undone.one_or_none() is None or not record.new_user.is_active:
        raise Conflict("merge-undo-too-late")
    places = {place.name: place for place in moving.MOVES}
    try:
        with db.session.begin_nested():
            for name, ids in record.moved.items():
                _point(places[name], ids, record.new_user_id, record.old_user_id)
    except IntegrityError as clash:
        raise Conflict("merge-changed") from clash
    record.old_user.is_active = True
    _give_back_service(record)
    db.session.flush()
    db.session.expire_all()
    audit.record(
        by,
        "people.accounts.parted",
        record.new_user,
        sealed=True,
        account=record.old_user.public_id,
    )


def _give_back_service(record: AccountMerge) -> None:
    """As it was before, unless somebody has said another day since."""
    old, new = record.old_user, record.new_user
    if new.serving_since == _earlier(old.serving_since, record.served_since):
        new.serving_since = record.served_since


def standing(user: User) -> AccountMerge | None:
    """The merge by which this account was closed."""
    query = select(AccountMerge).where(
        AccountMerge.old_user_id == user.id, AccountMerge.undone_at.is_(None)
    )
    return db.session.scalar(query)


def _table(place: Place) -> Table:
    return Model.metadata.tables[place.table]


def _ids(place: Place, user_id: int) -> list[int]:
    table = _table(place)
    query = select(table.c.id).where(table.c[place.column] == user_id).order_by(table.c.id)
    return list(db.session.scalars(query))


def _point(place: Place, ids: list[int], old_id: int, new_id: int) -> None:
    table = _table(place)
    for start in range(0, len(ids), _CHUNK):
        db.session.execute(
            update(table)
            .where(table.c.id.in_(ids[start : start + _CHUNK]), table.c[place.column] == old_id)
            .values({place.column: new_id})
        )
