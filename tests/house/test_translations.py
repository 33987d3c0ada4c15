"""Malay and Indonesian are complete: nothing untranslated, fuzzy, stale or with a lost value."""

import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lms import paths

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "lazy_gettext": None,
}
ROOT = paths.PACKAGE.parent
LANGUAGES = ["ms", "id"]
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")


def _file(language: str, ending: str) -> Path:
    return paths.TRANSLATIONS / language / "LC_MESSAGES" / f"messages.{ending}"


@cache
def _catalogue(language: str) -> Catalog:
    with _file(language, "po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def _in_use() -> frozenset[str]:
    methods = [
        ("lms/**.py", "python"),
        ("templates/**.html", "jinja2"),
        ("templates/mail/**.txt", "jinja2"),
    ]
    found: set[str] = set()
    for folder in ("lms", "templates"):
        for _, _, message, _, _ in extract_from_dir(
            str(ROOT / folder), [(m[0].split("/", 1)[1], m[1]) for m in methods], {}, KEYWORDS
        ):
            found.add(message if isinstance(message, str) else message[0])
    return frozenset(found - {""})


def _texts(message: Message) -> tuple[list[str], list[str]]:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return ids, strings


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_in_use_is_translated(language: str) -> None:
    known = {_texts(m)[0][0] for m in _catalogue(language) if m.id and all(_texts(m)[1])}
    assert _in_use() - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_stale_or_fuzzy(language: str) -> None:
    catalogue = _catalogue(language)
    assert {_texts(m)[0][0] for m in catalogue if m.id} - _in_use() == set()
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_values(language: str) -> None:
    wrong = []
    for message in _catalogue(language):
        if not message.id:
            continue
        ids, strings = _texts(message)
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        wrong += [s for s in strings if set(PLACEHOLDER.findall(s)) != wanted]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_source_compiled(language: str) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, _catalogue(language))
    assert _file(language, "mo").read_bytes() == fresh.getvalue()
