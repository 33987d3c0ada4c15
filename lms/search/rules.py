"""How much an entry has to do with a query; the same on both databases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.search.words import Query, Sought, terms_of, terms_of_code

AS_WRITTEN = 3
BY_STEM = 2
AS_BEGINNING = 1
AS_CODE = 1000


@dataclass(frozen=True)
class Field:
    """Texts by language that count ``weight`` each time a word is sought; a code is one text."""

    weight: int
    texts: Mapping[str, str] | str


def weights_of(fields: Iterable[Field]) -> dict[str, int]:
    """Each term with the sum of the weights of the fields that have it, however often."""
    found: dict[str, int] = {}
    for field in fields:
        for term in _terms(field):
            found[term] = found.get(term, 0) + field.weight
    return found


def _terms(field: Field) -> set[str]:
    if isinstance(field.texts, str):
        return set(terms_of_code(field.texts))
    return {
        term for language, text in field.texts.items() for term in terms_of(text or "", language)
    }


def rank_of(weights: Mapping[str, int], query: Query) -> int:
    """The rank of an entry that has all words: higher is nearer."""
    rank = AS_CODE if query.code and query.code in weights else 0
    return rank + sum(_best(weights, word) for word in query.words)


def _best(weights: Mapping[str, int], word: Sought) -> int:
    whole = max(
        AS_WRITTEN * max(weights.get(term, 0) for term in word.written),
        BY_STEM * max(weights.get(term, 0) for term in word.stems),
    )
    if whole or not word.beginning:
        return whole
    longer = (weight for term, weight in weights.items() if term.startswith(word.written))
    return AS_BEGINNING * max(longer, default=0)
