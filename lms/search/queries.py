"""Find what has the words."""

from dataclasses import dataclass

from sqlalchemy import Text, cast, select

from lms.db import db
from lms.kernel.text import LANGUAGES
from lms.search import engines, rules
from lms.search.models import SearchEntry
from lms.search.rules import Weights
from lms.search.words import sought


@dataclass(frozen=True)
class Hit:
    """Something that was found, by the id its feature has for it; a higher rank is nearer."""

    id: int
    rank: int


def find(kind: str, words: str, languages: tuple[str, ...] = LANGUAGES) -> list[Hit] | None:
    """What has all the words in one of the languages, nearest first (one statement).

    None when nothing was asked: ``words`` holds no letter and no digit.
    """
    query = sought(words, languages)
    if query is None:
        return None
    statement = select(SearchEntry.subject_id, cast(SearchEntry.weights, Text)).where(
        SearchEntry.kind == kind, engines.of_database().condition(query)
    )
    hits = [
        Hit(found, rules.rank_of(Weights(weights), query))
        for found, weights in db.session.execute(statement)
    ]
    return sorted(hits, key=lambda hit: (-hit.rank, hit.id))
