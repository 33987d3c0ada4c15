"""Which entries have the words: FTS5 on SQLite, tsvector on PostgreSQL. Neither stems or ranks."""

from collections.abc import Collection, Iterable
from typing import Protocol

from sqlalchemy import TextClause, bindparam, text

from lms.db import db
from lms.search.words import Query, Sought


class Engine(Protocol):
    """One table ``search_text``, a row an entry."""

    def put(self, entry_id: int, terms: Iterable[str]) -> None:
        """Keep the terms of an entry, in place of those it had."""
        ...

    def drop(self, entry_ids: Collection[int]) -> None:
        """Forget the terms of entries."""
        ...

    def condition(self, query: Query) -> TextClause:
        """What holds in a statement over ``search_entry`` for the entries that are met."""
        ...


class Fts5:
    """SQLite. Terms are letters and digits only, so that no quoting can go wrong."""

    def put(self, entry_id: int, terms: Iterable[str]) -> None:
        """Keep the terms of an entry, in place of those it had."""
        self.drop([entry_id])
        statement = text("insert into search_text (rowid, terms) values (:id, :terms)")
        db.session.execute(statement, {"id": entry_id, "terms": " ".join(terms)})

    def drop(self, entry_ids: Collection[int]) -> None:
        """Forget the terms of entries."""
        _delete("delete from search_text where rowid in :ids", entry_ids)

    def condition(self, query: Query) -> TextClause:
        """What holds in a statement over ``search_entry`` for the entries that are met."""
        wanted = " AND ".join(_any(word, '"{}"', '"{}"*', " OR ") for word in query.words)
        if query.code:
            wanted = f'({wanted}) OR "{query.code}"*'
        found = text(
            "search_entry.id in (select rowid from search_text where search_text match :wanted)"
        )
        return found.bindparams(wanted=wanted)


class TsVector:
    """PostgreSQL. The vector is made of our terms as they are, by no configuration."""

    def put(self, entry_id: int, terms: Iterable[str]) -> None:
        """Keep the terms of an entry, in place of those it had."""
        statement = text(
            "insert into search_text (entry_id, terms) values (:id, array_to_tsvector(:terms))"
            " on conflict (entry_id) do update set terms = excluded.terms"
        )
        db.session.execute(statement, {"id": entry_id, "terms": list(terms)})

    def drop(self, entry_ids: Collection[int]) -> None:
        """Forget the terms of entries."""
        _delete("delete from search_text where entry_id in :ids", entry_ids)

    def condition(self, query: Query) -> TextClause:
        """What holds in a statement over ``search_entry`` for the entries that are met."""
        wanted = " & ".join(_any(word, "'{}'", "'{}':*", " | ") for word in query.words)
        if query.code:
            wanted = f"({wanted}) | '{query.code}':*"
        found = text(
            "search_entry.id in (select entry_id from search_text"
            " where terms @@ cast(:wanted as tsquery))"
        )
        return found.bindparams(wanted=wanted)


def of_database() -> Engine:
    """The engine of the database at work."""
    return Fts5() if db.engine.dialect.name == "sqlite" else TsVector()


def _any(word: Sought, whole: str, beginning: str, either: str) -> str:
    written = beginning if word.beginning else whole
    terms = [written.format(term) for term in word.written]
    return f"({either.join([*terms, *(whole.format(term) for term in word.stems)])})"


def _delete(statement: str, entry_ids: Collection[int]) -> None:
    if entry_ids:
        wanted = text(statement).bindparams(bindparam("ids", expanding=True))
        db.session.execute(wanted, {"ids": list(entry_ids)})
