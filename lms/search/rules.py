"""How much an entry has to do with a query; the same on both databases."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.search.words import Query, Sought, terms_of, terms_of_code

AS_WRITTEN = 3
BY_STEM = 2
AS_BEGINNING = 1
AS_CODE = 1000
_NUMBER = re.compile("[0-9]+")


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


class Weights:
    """The weight of each term of an entry, as its document is stored.

    Of some hundred terms a query asks for a few: to parse all of them takes ten times as long.
    """

    def __init__(self, document: str) -> None:
        if "\\" in document:  # one of the databases writes other letters than Latin as numbers
            document = json.dumps(json.loads(document), ensure_ascii=False)
        self._document = document

    def best(self, terms: Iterable[str]) -> int:
        """The highest weight of any of the terms; 0 when it has none."""
        return max((self._of(f'"{term}": ') for term in terms), default=0)

    def best_longer(self, beginnings: Iterable[str]) -> int:
        """The highest weight of a term that begins like this."""
        found = (
            int(weight)
            for beginning in beginnings
            for weight in re.findall(f'"{re.escape(beginning)}[^"]*": ([0-9]+)', self._document)
        )
        return max(found, default=0)

    def _of(self, entry: str) -> int:
        found = self._document.find(entry)
        if found < 0:
            return 0
        number = _NUMBER.match(self._document, found + len(entry))
        return int(number[0]) if number else 0


def rank_of(weights: Weights, query: Query) -> int:
    """The rank of an entry that has all words: higher is nearer."""
    rank = AS_CODE if query.code and weights.best([query.code]) else 0
    return rank + sum(_best(weights, word) for word in query.words)


def _best(weights: Weights, word: Sought) -> int:
    whole = max(AS_WRITTEN * weights.best(word.written), BY_STEM * weights.best(word.stems))
    if whole or not word.beginning:
        return whole
    return AS_BEGINNING * weights.best_longer(word.written)
