"""Keep what can be found in step with what there is."""

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import select

from lms.db import db
from lms.search import engines, rules
from lms.search.models import SearchEntry
from lms.search.rules import Field

Source = Callable[[], Iterable[tuple[int, list[Field]]]]

_sources: dict[str, Source] = {}


def declare(kind: str, source: Source) -> None:
    """Name what gives all that can be found of a kind, for a rebuild."""
    _sources[kind] = source


def index(kind: str, subject_id: int, fields: list[Field]) -> None:
    """Let something be found by its fields, in place of those it had."""
    weights = rules.weights_of(fields)
    entry = db.session.scalar(
        select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.subject_id == subject_id)
    )
    if entry is None:
        entry = SearchEntry(kind=kind, subject_id=subject_id)
        db.session.add(entry)
    entry.weights = weights
    db.session.flush()
    engines.of_database().put(entry.id, weights)


def forget(kind: str, subject_ids: Collection[int]) -> None:
    """Let things be found no more."""
    query = select(SearchEntry).where(
        SearchEntry.kind == kind, SearchEntry.subject_id.in_(subject_ids)
    )
    entries = list(db.session.scalars(query))
    engines.of_database().drop([entry.id for entry in entries])
    for entry in entries:
        db.session.delete(entry)
    db.session.flush()


def rebuild() -> dict[str, int]:
    """Make all entries anew; gives how many there are by kind."""
    counts = {}
    for kind, source in _sources.items():
        known = db.session.scalars(
            select(SearchEntry.subject_id).where(SearchEntry.kind == kind)
        ).all()
        present = dict(source())
        forget(kind, set(known) - present.keys())
        for subject_id, fields in present.items():
            index(kind, subject_id, fields)
        counts[kind] = len(present)
    return counts
