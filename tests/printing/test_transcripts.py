"""Transcripts on paper: upright in every design, and a table that runs on with its headings."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import page as validator
import pikepdf
import pytest
from PIL import Image

from lms.designs import rules
from lms.printing import fit, pdf, pictures, press, shipped
from lms.printing.content import CertificateContent
from lms.printing.specimens import LONG, specimen
from lms.printing.values import values

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
DESIGNS = pytest.mark.parametrize("design", shipped.NAMES)
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="missing: pdftotext")


def person(language: str = "ms", courses: int = LONG) -> CertificateContent:
    plain = specimen("transcript", language=language, issuer="Institut", host="sijil.example")
    return replace(plain, courses=(plain.courses * 5)[:courses])


def printed(content: CertificateContent, design: str) -> bytes:
    return pdf.render(content, b"{}", now=NOW, sheet=pdf.Sheet(shipped.design(design)))


def _tags(element: Any) -> Iterator[Any]:
    kids = element.get("/K", [])
    for each in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(each, pikepdf.Dictionary) and "/S" in each:
            yield each
            yield from _tags(each)


@DESIGNS
@pytest.mark.parametrize("language", ["ms", "en", "id"])
@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_specimens_fit_every_shipped_design(design: str, language: str, kind: str) -> None:
    said = specimen(kind, language=language, issuer="Institut", host="sijil.example")
    assert rules.set_for(shipped.design(design), said, NOW) == []


@DESIGNS
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_both_profiles_hold_over_three_pages(design: str, profile: str) -> None:
    data = printed(person(courses=45), design)
    excused = b"\r\nendstream" in data
    failures = [
        each.rule_id
        for each in validator.validate_pdf_bytes(data, profile=profile).failures
        if not (excused and "STREAM-LENGTH-001" in each.rule_id)
    ]
    assert failures == []


@DESIGNS
def test_the_artwork_covers_the_sheet(design: str) -> None:
    drawn = Image.open(BytesIO(pictures.first_page(printed(person(), design)))).convert("RGB")
    wide, high = drawn.size
    corners = [(2, 2), (wide - 3, 2), (2, high - 3), (wide - 3, high - 3)]
    assert (255, 255, 255) not in [drawn.getpixel(corner) for corner in corners]


@DESIGNS
def test_it_stands_upright_and_each_page_has_a_table_with_headings(design: str) -> None:
    with pikepdf.open(BytesIO(printed(person(courses=45), design))) as document:
        boxes = {tuple(round(float(side)) for side in one.mediabox) for one in document.pages}
        tags = [str(one["/S"]) for one in _tags(document.Root.StructTreeRoot)]
        pages = len(document.pages)
    assert boxes == {(0, 0, 595, 842)}
    assert pages == 3
    assert tags.count("/Table") == tags.count("/THead") == pages
    assert tags.count("/TH") == pages * 6 + 46  # a heading for each column, course and sum
    assert tags.count("/H1") == tags.count("/Caption") == 1


@needs_poppler
@DESIGNS
def test_each_page_names_the_number_and_repeats_the_headings(design: str) -> None:
    data = printed(person("en", courses=45), design)
    found = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True
    )
    first, second, third, _ = found.stdout.decode().split("\f")
    for number, text in enumerate((first, second, third), start=1):
        assert "ILKS-2026-00731" in text
        assert f"{number} / 3" in text or f"{number}/3" in text.replace(" ", "")
        assert "Completed on" in text
    assert "Interim Academic Transcript" in first
    assert "Total" in third
    assert "7Q2MX 4C8ZT 9KHD5 WPV3R 1NJB6 F7" in third


def test_nothing_of_it_is_kept_for_the_next() -> None:
    press.forget()
    first = printed(person(), "tumpal")
    other = replace(person(), holder_name="Somebody Else", courses=person().courses[:3])
    printed(other, "tumpal")
    assert printed(person(), "tumpal") == first
    assert not press._kept


def test_a_name_that_runs_off_is_told_by_the_rules_of_fit() -> None:
    said = values(person(), shipped.design("tumpal").room, NOW)
    wide = replace(said, shared={**said.shared, "facts": "x" * 400})
    laid_out = press.lay_out(shipped.design("tumpal"), wide)
    assert {one.code for one in fit.faults(laid_out, wide)} == {"design-off-sheet"}
