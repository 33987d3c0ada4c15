"""What a certificate says in the words of ``phrases``: dates, hours and points put into them."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from lms.printing import phrases
from lms.printing.content import CertificateContent, CourseContent, in_language

_SUBTITLE_LANGUAGE = {"ms": "en", "en": "ms", "id": "en"}


def title(content: CertificateContent, language: str = "") -> str:
    """Return the heading of the certificate, in its own language unless another is asked for."""
    named: str = content.kind
    if content.kind == "award":
        named = f"award-{content.leads_to}"
    elif content.interim:
        named = "transcript-interim"
    return phrases.TITLES[named][language or content.language]


def subtitle(content: CertificateContent) -> tuple[str, str]:
    """Return the heading in the second language, and that language."""
    other = _SUBTITLE_LANGUAGE[content.language]
    return title(content, other), other


def deed(kind: str, language: str) -> str:
    """Return what the holder did: was assessed, completed or attended."""
    return phrases.DEEDS[kind][language]


def phrase(name: str, language: str, **values: object) -> str:
    """Return a phrase with its placeholders filled."""
    return phrases.PHRASES[name][language].format(**values)


@lru_cache(maxsize=2000)
def _date(value: date, pattern: str, language: str) -> str:
    # A check of a certificate words it again: the days and numbers are few.
    return format_date(value, pattern, locale=language)


def day(value: date, language: str) -> str:
    """Return a date in words, as 18 Disember 2026."""
    return _date(value, "d MMMM y", language)


def short_day(value: date, language: str) -> str:
    """Return a date with the month abbreviated."""
    return _date(value, "d MMM y", language)


def period(first: date, last: date, language: str) -> str:
    """Return a span of days without repeating what both ends share."""
    if first == last:
        return day(first, language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last, language)}"
    if first.year == last.year:
        return f"{_date(first, 'd MMMM', language)} – {day(last, language)}"
    return f"{day(first, language)} – {day(last, language)}"


def duration(minutes: int, language: str) -> str:
    """Return minutes of instruction as hours and minutes; empty for none."""
    hours, rest = divmod(minutes, 60)
    parts = [
        phrase(one if count == 1 else many, language, count=count)
        for count, one, many in ((hours, "hour", "hours"), (rest, "minute", "minutes"))
        if count
    ]
    return " ".join(parts)


def points(cpd: Decimal, language: str) -> str:
    """Return CPD points; empty for none."""
    if not cpd:
        return ""
    count = amount(cpd, language)
    return phrase("cpd_one" if cpd == 1 else "cpd", language, count=count)


def credits_of(count: Decimal, language: str) -> str:
    """Return credits in words; empty for none."""
    if not count:
        return ""
    written = amount(count, language)
    return phrase("credit" if count == 1 else "credits", language, count=written)


@lru_cache(maxsize=2000)
def amount(count: Decimal, language: str) -> str:
    """Return a number as it is written in the language."""
    written: str = format_decimal(count, locale=language)
    return written


def result(course: CourseContent, language: str) -> str:
    """Return how a course was completed."""
    return phrases.RESULTS[course.result][language]


def hours(minutes: int, language: str) -> str:
    """Return minutes as hours with one decimal, for a column of them."""
    return amount((Decimal(minutes) / 60).quantize(Decimal("0.1")), language)


def _of_programme(content: CertificateContent) -> list[str]:
    language = content.language
    level = phrase("level", language, level=content.level) if content.level else ""
    if content.kind == "award":
        awarded = phrase("awarded", language, day=day(content.valid_from, language))
        return [credits_of(content.credits, language), level, awarded]
    earned, asked = amount(content.earned, language), amount(content.credits, language)
    credited = phrase("earned", language, earned=earned, count=asked)
    interim = phrase("interim", language) if content.interim else ""
    return [credited, duration(content.minutes, language), level, interim]


def facts(content: CertificateContent) -> list[str]:
    """Return duration, dates, place and points, leaving out what there is none of.

    Of a programme: credits, level and the day of the award, or what was earned so far.
    """
    language = content.language
    if content.leads_to:
        return [part for part in _of_programme(content) if part]
    parts = (
        duration(content.minutes, language),
        period(content.starts_on, content.ends_on, language),
        content.venue,
        points(content.cpd, language),
    )
    return [part for part in parts if part]


def claims_heading(content: CertificateContent) -> str:
    """Return the heading over the competencies, with the framework where there is one."""
    words = phrase(f"claims_{content.kind}", content.language)
    return f"{words}, {content.framework}" if content.framework else words


def narrative(content: CertificateContent) -> str:
    """Return the criteria: what the holder did, in what, for how long; and each course listed.

    So everything that a transcript says is in the signed credential.
    """
    award = in_language(content.award_title, content.language)
    text = f"{deed(content.kind, content.language)} {award} ({'; '.join(facts(content))})"
    listed = [_course_in_words(one, content.language) for one in content.courses]
    return ". ".join([text[0].upper() + text[1:], *listed])


def _course_in_words(course: CourseContent, language: str) -> str:
    parts = (
        credits_of(course.credits, language),
        duration(course.minutes, language),
        day(course.completed_on, language),
        result(course, language),
    )
    said = "; ".join(part for part in parts if part)
    return f"{course.code} {in_language(course.title, language)} ({said})"
