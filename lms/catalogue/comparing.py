"""Two versions of a course side by side, each field in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from lms.catalogue import prerequisites, requirements
from lms.catalogue.difference import Piece, pieces
from lms.catalogue.forms import CERTIFICATE_LABELS, LANGUAGE_LABELS, MODE_LABELS, ROLE_LABELS
from lms.catalogue.models import CourseItemMap, CourseVersion
from lms.catalogue.wording import group_words
from lms.kernel.text import LANGUAGES
from lms.web.filters import hours, number
from lms.web.i18n import local


@dataclass(frozen=True)
class Line:
    """One field of both versions; ``language`` is that of its text, where it has one."""

    label: str
    before: str
    after: str
    language: str | None = None

    @property
    def changed(self) -> bool:
        """Whether the newer version says it otherwise."""
        return self.before != self.after

    @property
    def pieces(self) -> list[Piece]:
        """What was removed, added and kept."""
        return pieces(self.before, self.after)


def lines(old: CourseVersion, new: CourseVersion) -> list[Line]:
    """Every field of two versions in the order of the form, then competencies and prerequisites."""
    return [*_texts(old, new), *_facts(old, new), *_mappings(old, new), *_asked(old, new)]


def _texts(old: CourseVersion, new: CourseVersion) -> Iterable[Line]:
    for label, read in (
        (_("Title"), lambda v, code: v.titles.get(code, "")),
        (_("Summary"), lambda v, code: v.summaries.get(code, "")),
        (_("Outcomes"), lambda v, code: _rows(v.outcomes, code)),
        (_("Contents"), lambda v, code: _rows([part["title"] for part in v.contents], code)),
    ):
        for code in LANGUAGES:
            named = _("%(field)s, %(language)s", field=label, language=LANGUAGE_LABELS[code])
            yield Line(named, read(old, code), read(new, code), code)


def _rows(rows: list[dict[str, str]], code: str) -> str:
    return "\n".join(row.get(code, "") for row in rows).strip()


def _facts(old: CourseVersion, new: CourseVersion) -> list[Line]:
    return [Line(label, _said(old, name), _said(new, name)) for label, name in _named()]


def _named() -> list[tuple[str, str]]:
    return [
        (_("Minutes of each part"), "contents"),
        (_("Languages of teaching"), "languages"),
        (_("How people meet"), "mode"),
        (_("Duration"), "minutes"),
        (_("CPD points"), "cpd"),
        (_("Credit"), "credit"),
        (_("Leads to"), "certificate"),
        (_("Validity in months"), "validity_months"),
        (_("Attendance in percent"), "attendance_percent"),
        (_("Survey at the end"), "survey_needed"),
    ]


_WORDS: dict[str, Callable[[Any], str]] = {
    "contents": lambda parts: "\n".join(str(part.get("minutes", "–")) for part in parts),
    "languages": lambda codes: ", ".join(str(LANGUAGE_LABELS[code]) for code in codes),
    "mode": lambda value: str(MODE_LABELS[value]),
    "certificate": lambda value: str(CERTIFICATE_LABELS[value]),
    "minutes": lambda value: str(hours(value)),
    "attendance_percent": str,
    "survey_needed": lambda value: _("must be returned") if value else _("as people like"),
}


def _said(version: CourseVersion, name: str) -> str:
    value: Any = getattr(version, name)
    if name in _WORDS:
        return _WORDS[name](value)
    return number(value) if isinstance(value, Decimal) else str(value or _("none"))


def _mappings(old: CourseVersion, new: CourseVersion) -> list[Line]:
    before = {mapping.item_id: mapping for mapping in old.mappings}
    after = {mapping.item_id: mapping for mapping in new.mappings}
    return [
        Line(_item(after.get(key) or before[key]), _level(before.get(key)), _level(after.get(key)))
        for key in {**after, **before}
    ]


def _asked(old: CourseVersion, new: CourseVersion) -> list[Line]:
    before, after = (
        [group_words(group) for group in requirements.grouped(prerequisites.of(version))]
        for version in (old, new)
    )
    return [
        Line(_("Prerequisite"), words if words in before else "", words if words in after else "")
        for words in dict.fromkeys([*after, *before])
    ]


def _item(mapping: CourseItemMap) -> str:
    return f"{mapping.item.code} {local(mapping.item.statements)}"


def _level(mapping: CourseItemMap | None) -> str:
    if mapping is None:
        return ""
    role = ROLE_LABELS[mapping.role]
    return str(_("%(role)s, level %(level)s", role=role, level=mapping.level))
