"""Charts, tables, navigation and dates as macros."""

import pytest
from flask import Flask
from lxml import html

from lms.kernel.paging import Page

PREVIOUS = "\u2039 Previous"
NEXT = "Next \u203a"


def _render(app: Flask, source: str, **context: object) -> html.HtmlElement:
    with app.test_request_context("/?lang=en"):
        made = app.jinja_env.from_string(source).render(**context)
    return html.fragment_fromstring(made, create_parent="div")


@pytest.mark.parametrize(
    ("taken", "capacity", "words", "kind"),
    [
        (26, 30, "4 of 30 places are free", "warn"),
        (29, 30, "1 of 30 places is free", "warn"),
        (0, 30, "30 of 30 places are free", ""),
        (30, 30, "All 30 places are taken", "full"),
        (31, 30, "All 30 places are taken", "full"),
        (0, 0, "All 0 places are taken", "full"),
    ],
)
def test_seats(app: Flask, taken: int, capacity: int, words: str, kind: str) -> None:
    source = "{% import 'macros/charts.html' as charts %}{{ charts.seats(taken, capacity) }}"
    tree = _render(app, source, taken=taken, capacity=capacity)
    assert words in tree.text_content()
    assert tree.xpath("//svg/@class")[0].split() == ["meter", *kind.split()]
    assert 0 <= float(tree.xpath("//rect[@class='fill']/@width")[0]) <= 100


def test_bars_say_their_numbers(app: Flask) -> None:
    source = "{% import 'macros/charts.html' as charts %}{{ charts.bar('Results', rows, 'All') }}"
    tree = _render(app, source, rows=[("Passed", 24, None), ("Not yet", 4, "4 (few)")])
    assert [dd.text_content() for dd in tree.xpath("//dd")] == ["24", "4 (few)"]
    assert tree.xpath("//rect[@class='c0']/@width") == ["100.00", "16.67"]
    _render(app, source, rows=[])


def test_a_stack_is_named_described_and_keyed(app: Flask) -> None:
    source = "{% import 'macros/charts.html' as charts %}{{ charts.stacked('w', 'Weights', p) }}"
    tree = _render(app, source, p=[("Case", 50, "50%"), ("Quiz", 50, None)])
    svg = tree.xpath("//svg[@role='img']")[0]
    named = svg.get("aria-labelledby").split()
    assert [tree.get_element_by_id(i).text_content() for i in named] == [
        "Weights",
        "Case: 50%; Quiz: 50",
    ]
    assert svg.xpath("rect/@x") == ["0.0", "300.0"]
    assert len(tree.xpath("//li")) == 2


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, ["Page 1", "Page 2", "…", "Page 9", NEXT]),
        (5, [PREVIOUS, "Page 1", "…", "Page 4", "Page 5", "Page 6", "…", "Page 9", NEXT]),
        (9, [PREVIOUS, "Page 1", "…", "Page 8", "Page 9"]),
    ],
)
def test_pagination(app: Flask, number: int, shown: list[str]) -> None:
    source = "{% import 'macros/tables.html' as t %}{{ t.pagination(page, 'people.desk', q=q) }}"
    page = Page[str](rows=[], total=90, number=number, size=10)
    tree = _render(app, source, page=page, q="a&b")
    assert [" ".join(li.text_content().split()) for li in tree.xpath("//li")] == shown
    assert all("q=a%26b" in href for href in tree.xpath("//a/@href"))
    assert len(tree.xpath("//*[@aria-current='page']")) == 1


def test_one_page_needs_no_pagination(app: Flask) -> None:
    source = "{% import 'macros/tables.html' as t %}{{ t.pagination(page, 'people.desk') }}"
    page = Page[str](rows=[], total=3, number=1, size=10)
    assert not _render(app, source, page=page).xpath("//nav")


def test_crumbs_end_where_we_are(app: Flask) -> None:
    source = "{% import 'macros/nav.html' as nav %}{{ nav.crumbs([('A', '/a'), ('B <', None)]) }}"
    tree = _render(app, source)
    assert tree.xpath("//a/@href") == ["/a"]
    assert tree.xpath("//li[@aria-current='page']")[0].text_content() == "B <"


def test_icons_are_silent(app: Flask) -> None:
    source = (
        "{% import 'macros/nav.html' as nav %}{{ nav.mark() }}{{ nav.tick() }}{{ nav.cross() }}"
        "{% for k in ('ok', 'bad', 'warn', 'unknown') %}{{ nav.verdict_icon(k) }}{% endfor %}"
    )
    tree = _render(app, source)
    assert tree.xpath("//svg/@aria-hidden") == ["true"] * 7
