"""Dates, numbers and plain text as the reader's language writes them; the only maker of markup."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_translations, ngettext
from flask_babel import gettext as _
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape  # noqa: TID251  # this is the one place in lms.web

from lms.web import i18n

_LONG = "d MMMM y"
_SHORT = "d MMM y"
# The zone database names these by their offset; people here know them by letters.
_ZONE_NAMES = {"Asia/Kuala_Lumpur": "MYT", "Asia/Kuching": "MYT"}
# English as Malaysia writes it: the day first, and the clock in twelve hours.
_WRITTEN = {"en": "en_MY"}


def _locale() -> Locale:
    return _written(i18n.code())


@cache
def _written(spoken: str) -> Locale:
    return Locale.parse(_WRITTEN.get(spoken, spoken))


def local(texts: Mapping[str, str]) -> str:
    """A text kept in several languages, in the reader's."""
    return i18n.local(texts)


def _civil(value: date, zone: str = i18n.ZONE) -> date:
    # A moment is a different day in different places: here the day where it happens.
    return value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=2000)
def _day(value: date, pattern: str, locale: Locale) -> str:
    return format_date(value, pattern, locale=locale)


def day(value: date, zone: str = i18n.ZONE) -> str:
    """22 November 2026."""
    return _day(_civil(value, zone), _LONG, _locale())


def day_short(value: date, zone: str = i18n.ZONE) -> str:
    """22 Nov 2026."""
    return _day(_civil(value, zone), _SHORT, _locale())


def month(value: date) -> str:
    """November 2026."""
    return _day(value, "LLLL yyyy", _locale())


def day_range(start: date, end: date) -> str:
    """7–11 December 2026, naming only what differs."""  # noqa: RUF002  # an en dash joins days
    start, end = _civil(start), _civil(end)
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        pattern = "d"
    elif start.year == end.year:
        pattern = "d MMMM"
    else:
        pattern = _LONG
    first = _day(start, pattern, _locale())
    dash = "–" if pattern == "d" else " – "
    return f"{first}{dash}{day(end)}"


def zone_name(value: datetime, zone: str) -> str:
    """MYT, WIB, or UTC+08 where nobody has letters for it."""
    if zone in _ZONE_NAMES:
        return _ZONE_NAMES[zone]
    name = value.astimezone(ZoneInfo(zone)).tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


def moment(value: datetime, zone: str = i18n.ZONE) -> str:
    """22 November 2026, 4:30 pm MYT, on the clock of the place where it happens."""
    there, name = value.astimezone(ZoneInfo(zone)), zone_name(value, zone)
    said = {"day": day(there.date()), "time": _time(there.hour, there.minute, _locale())}
    return _moment(i18n.spoken()) % {**said, "zone": name}


def span(start: datetime, end: datetime, zone: str = i18n.ZONE) -> str:
    """22 November 2026, 9:00 am – 12:30 pm MYT; with both days where they differ."""  # noqa: RUF002
    first, last = (each.astimezone(ZoneInfo(zone)) for each in (start, end))
    if first.date() != last.date():
        return f"{moment(start, zone)} – {moment(end, zone)}"
    times = " – ".join(_time(each.hour, each.minute, _locale()) for each in (first, last))
    said = {"day": day(first.date()), "time": times, "zone": zone_name(start, zone)}
    return _moment(i18n.spoken()) % said


@cache
def _moment(_language: str) -> str:
    return str(_("%(day)s, %(time)s %(zone)s"))


@lru_cache(maxsize=2000)
def _time(hour: int, minute: int, locale: Locale) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


def clock_time(value: datetime, zone: str = i18n.ZONE) -> str:
    """4:30 pm, on the clock of the place where it happens."""
    there = value.astimezone(ZoneInfo(zone))
    return _time(there.hour, there.minute, _locale())


def hours(minutes: int) -> str:
    """Minutes as hours, with the rest in minutes."""
    return _hours(minutes, i18n.spoken())


@lru_cache(maxsize=1000)
def _hours(minutes: int, _language: str) -> str:
    whole, rest = divmod(minutes, 60)
    in_hours = str(ngettext("%(num)s hour", "%(num)s hours", whole))
    in_minutes = str(ngettext("%(num)s minute", "%(num)s minutes", rest))
    if not rest:
        return in_hours
    if not whole:
        return in_minutes
    return str(_("%(hours)s %(minutes)s", hours=in_hours, minutes=in_minutes))


def number(value: float | Decimal) -> str:
    """A number with the separators of the language."""
    return format_decimal(value, locale=_locale())


def grouped_code(code: str) -> str:
    """A verification code in groups of five, as printed and as read aloud."""
    return " ".join(code[i : i + 5] for i in range(0, len(code), 5))


def filesize(size: int) -> str:
    """A size in the unit people use for files."""
    if size < 1000:
        return str(ngettext("%(num)s byte", "%(num)s bytes", size))
    if size < 1_000_000:
        return str(_("%(size)s kB", size=number(round(size / 1000))))
    return str(_("%(size)s MB", size=number(round(size / 1_000_000, 1))))


def lines(text: str) -> Markup:
    """Plain text as paragraphs, escaped; an empty line parts them."""
    parts = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n")]
    made = (
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(row) for row in part.split("\n")))
        for part in parts
        if part.strip()
    )
    return Markup("\n").join(made)


def joined(pieces: Iterable[str]) -> Markup:
    """Pieces rendered by our own templates, one after another; never for what people typed."""
    return Markup("\n").join(Markup(piece) for piece in pieces)  # noqa: S704  # rendered, escaped


class _Words:
    """What templates say in one language; which that is need not be asked for each text."""

    def __init__(self, translations: Any) -> None:  # noqa: ANN401  # of Babel, untyped
        self._translations = translations
        self._kept: dict[str, Markup] = {}

    @pass_eval_context
    def gettext(self, context: EvalContext, message: str, /, **values: object) -> str:
        """One text."""
        if message not in self._kept:
            said = self._translations.ugettext(message)
            self._kept[message] = Markup(said)  # noqa: S704  # our own words
        return _filled(context, self._kept[message], values)

    @pass_eval_context
    def ngettext(  # as in the catalogues
        self, context: EvalContext, one: str, many: str, number: int, /, **values: object
    ) -> str:
        """The text of so many."""
        said = self._translations.ungettext(one, many, number)
        return _filled(context, Markup(said), {"num": number, **values})  # noqa: S704  # our own


def _filled(context: EvalContext, text: Markup, values: Mapping[str, object]) -> str:
    if not context.autoescape:
        return str(text) % values
    return text % values if "%" in text else text


@cache
def _words_in(language: str) -> _Words:
    del language  # which is the one that is spoken now
    return _Words(get_translations())


def _spoken() -> dict[str, object]:
    words = _words_in(i18n.code())
    return {"gettext": words.gettext, "_": words.gettext, "ngettext": words.ngettext}


@pass_eval_context
def _gettext(context: EvalContext, message: str, /, **values: object) -> str:
    """For macros that are imported: what a page is given does not reach them."""
    return _words_in(i18n.code()).gettext(context, message, **values)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, number: int, /, **values: object) -> str:
    return _words_in(i18n.code()).ngettext(context, one, many, number, **values)


def init_app(app: Flask) -> None:
    """Give the templates their filters and their words."""
    app.context_processor(_spoken)
    app.jinja_env.globals.update({"gettext": _gettext, "_": _gettext, "ngettext": _ngettext})
    for each in (local, day, day_short, day_range, moment, span, clock_time, hours, number):
        app.jinja_env.filters[each.__name__] = each
    for each_text in (grouped_code, filesize, lines):
        app.jinja_env.filters[each_text.__name__] = each_text
