"""The shipped designs stand every specimen, and a design that would not is refused."""

from datetime import UTC, datetime
from io import BytesIO

import page
import pytest

from lms.printing import design_rules, fit, pdf, press, shipped, specimens
from lms.printing.content import CertificateContent
from lms.printing.design import Design
from lms.printing.design_rules import Fault
from lms.printing.values import Room, values

pytestmark = pytest.mark.once

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
PAGE = shipped.design("tumpal").html
STYLE = shipped.design("tumpal").css


def _specimen(name: str, language: str = "ms") -> CertificateContent:
    return specimens.specimen(
        name, language=language, issuer="Institut Latihan Kerja Sosial", host="sijil.example"
    )


@pytest.mark.parametrize("name", shipped.NAMES)
def test_shipped_designs_keep_the_rules(name: str) -> None:
    design = shipped.design(name)
    assert design_rules.faults(design.html, design.css) == []


@pytest.mark.parametrize("person", specimens.NAMES)
@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_specimen_fits_every_shipped_design(name: str, person: str) -> None:
    design = shipped.design(name)
    for language in ("ms", "en", "id") if person in {"plain", "annex"} else ("ms",):
        said = values(_specimen(person, language), design.room, NOW)
        assert fit.faults(press.lay_out(design, said), said) == []


@pytest.mark.parametrize("name", shipped.NAMES)
def test_shipped_designs_are_laid_out_once(name: str) -> None:
    design = shipped.design(name)
    press.forget()
    pdf.render(_specimen("one_word"), b"{}", now=NOW, sheet=pdf.Sheet(design))
    kept = [
        pdf.render(_specimen(one), b"{}", now=NOW, sheet=pdf.Sheet(design))
        for one in ("long", "tamil", "chinese", "jawi")
    ]
    for one, made in zip(("long", "tamil", "chinese", "jawi"), kept, strict=True):
        press.forget()
        assert pdf.render(_specimen(one), b"{}", now=NOW, sheet=pdf.Sheet(design)) == made


@pytest.mark.parametrize("name", shipped.NAMES)
def test_shipped_designs_are_archivable_and_accessible(name: str) -> None:
    made = pdf.render(_specimen("annex"), b"{}", now=NOW, sheet=pdf.Sheet(shipped.design(name)))
    excused = b"\r\nendstream" in made
    for profile in ("3a", "ua1"):
        failures = page.validate_pdf_bytes(BytesIO(made).getvalue(), profile=profile).failures
        assert [
            one.rule_id for one in failures if not (excused and "STREAM-LENGTH-001" in one.rule_id)
        ] == []


@pytest.mark.parametrize(
    ("html", "code"),
    [
        (PAGE.replace("{{ name }}", "{{ ic_number }}"), "design-placeholder-unknown"),
        (PAGE.replace("{{ qr }}", ""), "design-placeholder-missing"),
        (PAGE.replace('class="slot check"', 'class="check"'), "design-not-in-slot"),
        (PAGE.replace("{{ lead }}", "has been assessed as competent"), "design-words"),
        (PAGE.replace("<h1>", "<script>1</script><h1>"), "design-element"),
        (PAGE.replace("<h1>", '<img src="https://elsewhere.example/x.png"><h1>'), "design-element"),
        (PAGE.replace("<h1>", '<h1 onclick="x()">'), "design-attribute"),
        (PAGE.replace('class="sub"', 'class="sub" style="color:red"'), "design-attribute"),
        (PAGE.replace('class="lead"', 'class="{{ name }}"'), "design-attribute"),
        (PAGE.replace("28 236", "28 236; x"), "design-fit"),
        (PAGE + PAGE, "design-one-page"),
        (PAGE.replace("<h1>", "<p>").replace("</h1>", "</p>"), "design-one-heading"),
        (PAGE.replace("{{ award }}", "{{ award }} {{ name }}"), "design-not-in-slot"),
        (PAGE.replace("<h1>", "<!-- x --><h1>"), "design-comment"),
        ("x" * 20_001, "design-too-long"),
        ("<div>" * 3900, "design-too-deep"),
        ("<b>" * 6000, "design-too-deep"),
        ("", "design-one-page"),
    ],
)
def test_pages_that_are_refused(html: str, code: str) -> None:
    assert code in {one.code for one in design_rules.faults(html, STYLE)}


@pytest.mark.parametrize(
    ("css", "code"),
    [
        ("@import 'https://elsewhere.example/x.css';", "design-style-rule"),
        ("@font-face { font-family: x; src: url(file:///etc/passwd) }", "design-style-rule"),
        (".page { background: url(https://elsewhere.example/x) }", "design-style-address"),
        (".page { background: URL( 'file:///etc/passwd' ) }", "design-style-value"),
        (".page { background: image-set('x') }", "design-style-value"),
        (".name::after { content: 'competent' }", "design-style-selector"),
        (".name { content: 'competent' }", "design-style-property"),
        (".foot p:first-child { top: 0 }", "design-style-selector"),
        ("h1 + p { top: 0 }", "design-style-selector"),
        (".small { display: none }", "design-style-value"),
        (".small { string-set: x content() }", "design-style-property"),
        (".a { left: 1mm; } }", "design-style-unreadable"),
        ("</style><script>", "design-style-unreadable"),
        (".a { width: " + "calc(" * 3000, "design-too-deep"),
    ],
)
def test_styles_that_are_refused(css: str, code: str) -> None:
    assert code in {one.code for one in design_rules.faults(PAGE, STYLE + css)}


@pytest.mark.parametrize(
    ("css", "code"),
    [
        (".name { font-size: 90pt }", None),
        (".holder { height: 4mm }", "design-out-of-slot"),
        (".check { right: -80mm }", "design-off-sheet"),
        (".facts { margin-top: -5mm }", "design-overlap"),
        (".comps { margin-top: 60mm }", "design-overlap"),
    ],
)
def test_what_does_not_fit_is_told(css: str, code: str | None) -> None:
    design = Design(PAGE, STYLE + css, "tumpal")
    said = values(_specimen("long"), Room(), NOW)
    found = {one.code for one in fit.faults(press.lay_out(design, said), said)}
    # A line that is fitted keeps its size whatever the style says.
    assert found == set() if code is None else code in found


def test_a_name_that_is_not_printed_is_told() -> None:
    design = Design(PAGE.replace("{{ name }}", ""), STYLE, "tumpal")
    said = values(_specimen("plain"), Room(), NOW)
    assert Fault("design-not-printed", "name") in fit.faults(press.lay_out(design, said), said)
