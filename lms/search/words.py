"""From text to terms: the same when a text is indexed and when words are sought."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from lms.kernel.text import LANGUAGES

# Letters and digits of any script, with the marks that belong to them.
_WORD = re.compile(r"(?:[^\W_]|(?![\u0964\u0965\u0970])[\u0900-\u0dff])+")
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS_OR_DIGITS = re.compile(r"\d+|[^\W\d_]+")
_STEMMERS = {"ms": "indonesian", "id": "indonesian", "en": "english"}
_ROUNDS = 3
_SHORTEST = 4
# How many words of a query are looked at: more of them say nothing, and cost.
_MOST_WORDS = 12
_LONGEST_WORD = 40
# Particles are in every text; they are sought only when there is nothing else.
_ENGLISH = "a an and at by for from in of on or the to with"
_MALAY = (
    "atau bagi dalam dan dari daripada dengan di ialah ini itu kepada ke oleh pada para"
    " sebagai serta untuk yang"
)
PARTICLES = frozenset([*_ENGLISH.split(), *_MALAY.split()])
_local = threading.local()


@dataclass(frozen=True)
class Sought:
    """One word of a query: terms as written and stems; a beginning also meets longer words."""

    written: tuple[str, ...]
    stems: tuple[str, ...]
    beginning: bool = False


@dataclass(frozen=True)
class Query:
    """All words must be met, or the whole as a code (None when it cannot be one)."""

    words: tuple[Sought, ...]
    code: str | None


def fold(text: str) -> str:
    """NFKC, casefold, Latin accents taken off; marks of other scripts stay."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _LATIN_ACCENTS.sub("", apart))


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order, each at most 40 characters."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


def terms_of(text: str, language: str) -> Iterator[str]:
    """The terms of a text in a language: each word as written and its stem."""
    for word in words_of(text):
        yield f"{language}w{word}"
        yield f"{language}s{stem(word, language)}"


def terms_of_code(code: str) -> Iterator[str]:
    """The terms of a code: whole, and its groups of letters and of digits."""
    words = words_of(code)
    yield f"xxc{''.join(words)}"
    for word in words:
        yield f"xxw{word}"
        yield from (f"xxw{part}" for part in _LETTERS_OR_DIGITS.findall(word))


def sought(text: str, languages: tuple[str, ...] = LANGUAGES) -> Query | None:
    """What a query asks for; None when it has no words. The last word may be unfinished."""
    words = words_of(text)[:_MOST_WORDS]
    if not words:
        return None
    telling = [word for word in words if word not in PARTICLES] or words
    unfinished = telling[-1] == words[-1] and not text[-1:].isspace()
    last = len(telling) - 1 if unfinished else None
    whole = "".join(words)[:_LONGEST_WORD]
    return Query(
        words=tuple(
            _sought(word, languages, beginning=place == last) for place, word in enumerate(telling)
        ),
        code=f"xxc{whole}" if any(c.isdigit() for c in whole) else None,
    )


def _sought(word: str, languages: tuple[str, ...], *, beginning: bool) -> Sought:
    return Sought(
        written=("xxw" + word, *(f"{language}w{word}" for language in languages)),
        stems=tuple(f"{language}s{stem(word, language)}" for language in languages),
        beginning=beginning,
    )


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; opaque, only good for comparing within a language."""
    if any(character.isdigit() for character in word):
        return word
    stemmed = word
    for _ in range(_ROUNDS):
        again = _stemmer(language).stemWord(stemmed) or stemmed
        if again == stemmed or language == "en":
            stemmed = again
            break
        stemmed = again
    return stemmed if language == "en" else _without_sound_changes(stemmed)


def _without_sound_changes(stemmed: str) -> str:
    # "menilai", "penilaian" and "nilai" leave "ila", "ilai" and "nila": the prefix swallows n, t
    # and k, an i at the end may be a suffix, and so may a k ("rujuk", "rujukan" as if it were
    # "ruju-kan"). They are dropped wherever they stand.
    if len(stemmed) >= _SHORTEST and stemmed.endswith("i"):
        stemmed = stemmed[:-1]
    if len(stemmed) >= _SHORTEST and stemmed[0] in "ntk" and stemmed[1] in "aeiou":
        stemmed = stemmed[1:]
    if len(stemmed) > _SHORTEST and stemmed.endswith("k"):
        stemmed = stemmed[:-1]
    return stemmed


def _stemmer(language: str) -> snowballstemmer.stemmer:
    # A stemmer keeps its state while it works: one a thread.
    kept: dict[str, snowballstemmer.stemmer] | None = getattr(_local, "stemmers", None)
    if kept is None:
        kept = _local.stemmers = {}
    name = _STEMMERS[language]
    if name not in kept:
        kept[name] = snowballstemmer.stemmer(name)
    return kept[name]
