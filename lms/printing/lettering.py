"""How large a line of text may be set, and in which language and direction, by its characters."""

import unicodedata
from dataclasses import dataclass

_MM_PER_PT = 25.4 / 72
_SMALLEST_SINGLE = 16.0

# Widths in em, rounded up, of the semibold fonts the certificate is set in.
_EM = {"upper": 0.72, "lower": 0.56, "space": 0.26, "broad": 0.96, "wide": 1.0}
_SCRIPT_EM = {"TAMIL": 0.98, "ARABIC": 0.62}
_LANGUAGES = {"TAMIL": "ta", "ARABIC": "ms-Arab", "CJK": "zh"}


@dataclass(frozen=True)
class Setting:
    """Size in points, language tag and direction (``ltr`` or ``rtl``)."""

    size: float
    language: str
    direction: str


def setting(text: str, *, language: str, largest: float, width_mm: float) -> Setting:
    """Return how to set ``text`` so that it fits ``width_mm``, over two lines if it must."""
    script = _script(text)
    return Setting(
        size=_size(text, largest, width_mm),
        language=_LANGUAGES.get(script, language),
        direction="rtl" if script == "ARABIC" else "ltr",
    )


def _size(text: str, largest: float, width_mm: float) -> float:
    ems = max(sum(_width(character) for character in text), 1.0)
    single = width_mm / _MM_PER_PT / ems
    if single >= min(_SMALLEST_SINGLE, largest):
        return round(min(largest, single), 1)
    # Over two lines the break may fall badly: count on nine tenths of each.
    return round(min(_SMALLEST_SINGLE, largest, single * 1.8), 1)


def _script(text: str) -> str:
    for character in text:
        if character.isalpha():
            return unicodedata.name(character, "LATIN").split()[0]
    return "LATIN"


def _width(character: str) -> float:
    if unicodedata.category(character) in {"Mn", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return _EM["wide"]
    script = unicodedata.name(character, "LATIN").split()[0]
    return _SCRIPT_EM.get(script) or _EM[_class(character)]


def _class(character: str) -> str:
    if character in "MWmw@":
        return "broad"
    if character.isspace() or character in "'.,-’":
        return "space"
    return "upper" if character.isupper() else "lower"
