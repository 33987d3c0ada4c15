"""Text as people write it: keys for comparison, words in the languages of the institute."""

import unicodedata
from collections.abc import Mapping

LANGUAGES = ("ms", "en", "id")


def key(text: str) -> str:
    """A case-insensitive key, the same on both databases: NFKC, trimmed, single spaces, folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else English, else Malay, else whatever there is."""
    for choice in (language, "en", "ms"):
        if texts.get(choice):
            return texts[choice]
    return next((text for text in texts.values() if text), "")
