"""Dates, numbers and text in three languages."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from lms.web import filters
from lms.web.i18n import local

Say = Callable[[str, Callable[[], str]], str]


@pytest.fixture
def say(app: Flask) -> Say:
    def speak(language: str, make: Callable[[], str]) -> str:
        with app.test_request_context(f"/?lang={language}"):
            return make()

    return speak


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ms", "9 Disember 2026"), ("id", "9 Desember 2026"), ("en", "9 December 2026")],
)
def test_day(say: Say, language: str, expected: str) -> None:
    assert say(language, lambda: filters.day(date(2026, 12, 9))) == expected


def test_a_moment_is_a_day_where_it_happens(say: Say) -> None:
    late = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert say("en", lambda: filters.day_short(late)) == "22 Nov 2026"
    assert say("en", lambda: filters.day(late, "UTC")) == "21 November 2026"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 12, 7), date(2026, 12, 7), "7 December 2026"),
        (date(2026, 12, 7), date(2026, 12, 11), "7–11 December 2026"),
        (date(2026, 11, 30), date(2026, 12, 4), "30 November – 4 December 2026"),
        (date(2026, 12, 28), date(2027, 1, 1), "28 December 2026 – 1 January 2027"),
    ],
)
def test_day_range(say: Say, start: date, end: date, expected: str) -> None:
    assert say("en", lambda: filters.day_range(start, end)) == expected


@pytest.mark.parametrize(
    ("zone", "end"),
    [("Asia/Kuala_Lumpur", "MYT"), ("Asia/Jakarta", "WIB"), ("Asia/Singapore", "UTC+08")],
)
def test_moment_names_its_zone(say: Say, zone: str, end: str) -> None:
    when = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    text = say("en", lambda: filters.moment(when, zone))
    assert text.startswith("22 November 2026, ")
    assert ":30" in text
    assert text.endswith(end)


def test_a_span_names_the_day_once(say: Say) -> None:
    start = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    noon, next_day = start.replace(hour=4, minute=30), start.replace(day=23)
    there = "Asia/Kuala_Lumpur"
    said = say("ms", lambda: filters.span(start, noon, there))
    assert said.count("22 November 2026") == 1
    assert said.endswith(" MYT")
    assert "9:00" in said
    assert "12:30" in said
    both = say("en", lambda: filters.span(start, next_day, there))
    assert both == f"{_moment(say, start)} – {_moment(say, next_day)}"


def _moment(say: Say, when: datetime) -> str:
    return say("en", lambda: filters.moment(when, "Asia/Kuala_Lumpur"))


def test_hours(say: Say) -> None:
    assert say("en", lambda: filters.hours(2400)) == "40 hours"
    assert say("en", lambda: filters.hours(60)) == "1 hour"
    assert say("en", lambda: filters.hours(45)) == "45 minutes"
    assert say("en", lambda: filters.hours(90)) == "1 hour 30 minutes"


def test_numbers(say: Say) -> None:
    assert say("en", lambda: filters.number(Decimal("1240.5"))) == "1,240.5"
    assert say("id", lambda: filters.number(Decimal("1240.5"))) == "1.240,5"


def test_filesize(say: Say) -> None:
    assert say("en", lambda: filters.filesize(1)) == "1 byte"
    assert say("en", lambda: filters.filesize(24_400)) == "24 kB"
    assert say("en", lambda: filters.filesize(1_260_000)) == "1.3 MB"


def test_grouped_code() -> None:
    assert filters.grouped_code("ABCDEFGHIJKL") == "ABCDE FGHIJ KL"


def test_lines_escapes_what_people_type() -> None:
    made = filters.lines("One <b>\r\nTwo\n\n\n\nThree & four")
    assert made == "<p>One &lt;b&gt;<br>Two</p>\n<p>Three &amp; four</p>"
    assert filters.lines(" \n\n ") == ""


def test_local_prefers_the_reader_then_english_then_malay(say: Say) -> None:
    assert say("id", lambda: local({"ms": "a", "id": "b", "en": "c"})) == "b"
    assert say("id", lambda: local({"ms": "a", "en": "c"})) == "c"
    assert say("id", lambda: local({"ms": "a"})) == "a"
    assert say("id", lambda: local({})) == ""
