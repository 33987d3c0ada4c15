"""Frameworks for the tests: a small CSV, a small package, and any that Hypothesis thinks of."""

import copy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from lms.standards.csv_table import HEADER
from lms.standards.draft import AssociationDraft, FrameworkDraft, ItemDraft

TOP = "6f0f3f5e-0000-4000-8000-000000000001"


def uuid(number: int) -> str:
    """A UUID in lower case."""
    return str(UUID(int=number, version=4))


ROWS = [
    ["Framework", "T", "", "", "Test", "Ujian", "", TOP],
    ["Property", "version", "", "", "1", "", "", ""],
    ["Property", "changed", "", "", "2027-01-01T00:00:00Z", "", "", ""],
    ["Level", "T.L1", "T", "1", "Basic", "Asas", "", uuid(11)],
    ["Domain", "T.A", "T", "1", "Area", "Bidang", "", uuid(12)],
    ["Unit", "T.A.1", "T.A", "1", "Unit, with comma", "Unit", "", uuid(13)],
    ["Unit", "T.A.2", "T.A", "2", "Second", "Kedua", "", uuid(14)],
]


def table(
    *changes: tuple[int, int, str], header: tuple[str, ...] = HEADER, delimiter: str = ","
) -> bytes:
    """The small framework as CSV; each change is (row in the file, column, text)."""
    rows = [list(header), *copy.deepcopy(ROWS)]
    for row, column, text in changes:
        rows[row - 1][column] = text
    return "\n".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
    ).encode()


def package(items: int = 3) -> dict[str, Any]:
    """A small CASE package: a chain of items under the document."""
    return {
        "CFDocument": {"identifier": TOP, "title": "Test", "creator": "T"},
        "CFItems": [
            {"identifier": uuid(n), "fullStatement": f"Statement {n}"} for n in range(1, items + 1)
        ],
        "CFAssociations": [
            {
                "identifier": uuid(1000 + n),
                "associationType": "isChildOf",
                "originNodeURI": {"identifier": uuid(n)},
                "destinationNodeURI": {"identifier": uuid(n - 1) if n > 1 else TOP},
            }
            for n in range(1, items + 1)
        ],
    }


WORDS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
    | st.sampled_from(['a "quoted" word', "one, two; three", "க", "字", "=SUM(A1)", "å é"])
).filter(lambda word: word == word.strip())
LANGUAGES = st.sets(st.sampled_from(["ms", "id"])).map(lambda more: {"en", *more})


@st.composite
def texts(draw: st.DrawFn) -> dict[str, str]:
    return {language: draw(WORDS) for language in sorted(draw(LANGUAGES))}


@st.composite
def frameworks(draw: st.DrawFn, *, for_csv: bool = False) -> FrameworkDraft:
    """Any framework: a tree in reading order, with relations unless it is for CSV."""
    size = draw(st.integers(0, 7))
    kinds = st.sampled_from(["Domain", "Unit", "Element", "Criterion"])
    base = "https://sijil.example/uri/"
    above = [None, *(draw(st.sampled_from([None, *range(n)])) for n in range(1, size))][:size]
    order: list[int] = []

    def visit(parent: int | None) -> None:
        for n in range(size):
            if above[n] == parent:
                order.append(n)
                visit(n)

    visit(None)
    items = tuple(
        ItemDraft(
            identifier=uuid(n + 1),
            uri=base + uuid(n + 1),
            code=f"T.{n}",
            kind=draw(kinds),
            statements=draw(texts()),
            rank=draw(st.none() | st.integers(1, 10**6)),
            parents=(TOP if above[n] is None else uuid((above[n] or 0) + 1),),
        )
        for n in order
    )
    properties = {"creator": draw(WORDS)}
    for name in ("publisher", "licence", "status"):
        if draw(st.booleans()):
            properties[name] = draw(WORDS)
    edges = () if for_csv or not items else tuple(draw(st.lists(relations(items), max_size=3)))
    return FrameworkDraft(
        identifier=TOP,
        uri=base + TOP,
        code="T",
        titles=draw(texts()),
        version=draw(st.sampled_from(["", "1", "2027.1"])),
        language="en",
        changed_at=draw(
            st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
                lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
            )
        ),
        properties=properties,
        items=items,
        associations=edges,
    )


@st.composite
def relations(draw: st.DrawFn, items: tuple[ItemDraft, ...]) -> AssociationDraft:
    outside = {"identifier": uuid(77), "title": "Elsewhere", "uri": "https://other.example/77"}
    return AssociationDraft(
        identifier=draw(st.uuids(version=4)).hex,
        kind=draw(st.sampled_from(["exactMatchOf", "isRelatedTo", "precedes"])),
        origin=draw(st.sampled_from(items)).identifier,
        destination=uuid(77),
        destination_node=outside,
        sequence=draw(st.none() | st.integers(0, 99)),
    )
