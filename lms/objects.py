"""Objects of rows that go past the session (``lms.reading``, ``lms.writing``)."""

from functools import lru_cache
from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper, make_transient_to_detached

from lms.db import Model, db

Entity = TypeVar("Entity", bound=Model)


def known(model: type[Entity], key: int, **facts: object) -> Entity:
    """The object of a row that was read past the session, which knows it from now on.

    What is not said of the row is read when it is asked for. When the session knows it already,
    that object is returned as it is.
    """
    mapper: Mapper[Entity] = inspect(model)
    session, identity = db.session(), mapper.identity_key_from_primary_key((key,))
    kept = session.identity_map.get(identity)
    if isinstance(kept, model):
        return kept
    row = with_facts(model, id=key, **facts)
    state = inspect(row)
    state.key = identity
    state.expired_attributes.update(_left_out(mapper, tuple(facts)))
    session.add(row)
    return row


@lru_cache(maxsize=100)
def _left_out(mapper: Mapper[Entity], facts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(mapper.column_attrs.keys()).difference(facts, ("id",))


def with_facts(model: type[Entity], **facts: object) -> Entity:
    """An object as if it were loaded with these facts: the session is not told of each."""
    mapper: Mapper[Entity] = inspect(model)
    row: Entity = mapper.class_manager.new_instance()
    inspect(row).dict.update(facts)
    return row


def written(row: Entity) -> Entity:
    """Let the session know an object whose row was written past it; its key is given."""
    make_transient_to_detached(row)
    db.session.add(row)
    return row
