"""Lists as files: as they are shown, and nothing in them is run."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from lms.web import exports
from lms.web.exports import Listing

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = ["=1+1", "@SUM(A1)", "+60123", "-1", "https://x.example/", "007"]


def file_of(app: Flask, kind: str, *rows: Sequence[object]) -> bytes:
    with app.test_request_context(f"/?as={kind}"):
        assert exports.wanted()
        answer = exports.answer(Listing("list", ["A", "B"], rows))
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''list.{kind}"
    return answer.get_data()


def cells(data: bytes) -> list[tuple[str, str]]:
    """The kind and the text of each cell: ``s`` is text, ``n`` a number or a moment."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet, strings = (
            ET.fromstring(book.read(f"xl/{name}.xml"))  # noqa: S314  # our own
            for name in ("worksheets/sheet1", "sharedStrings")
        )
    assert not list(sheet.iter(f"{_MAIN}f"))
    texts = ["".join(each.itertext()) for each in strings]
    found = [(cell.get("t", "n"), "".join(cell.itertext())) for cell in sheet.iter(f"{_MAIN}c")]
    return [(kind, texts[int(text)] if kind == "s" else text) for kind, text in found]


def test_a_workbook_holds_text_as_text(app: Flask) -> None:
    found = cells(file_of(app, "xlsx", *([text, None] for text in HOSTILE)))
    assert found == [("s", text) for text in ("A", "B", *HOSTILE)]


def test_a_workbook_holds_numbers_and_moments_as_such(app: Flask) -> None:
    moment = datetime(2027, 3, 10, 4, 30, tzinfo=UTC)  # half past twelve in Kuala Lumpur
    data = file_of(app, "xlsx", [Decimal("97.5"), 3], [date(2027, 3, 10), moment])
    found = cells(data)[2:]
    assert {kind for kind, _ in found} == {"n"}
    first, second, day, at = (float(text) for _, text in found)
    assert (first, second, day) == (97.5, 3, 46456)
    assert round((at - day) * 24 * 60) == 12 * 60 + 30


def test_a_csv_reads_the_same_in_every_spreadsheet(app: Flask) -> None:
    data = file_of(app, "csv", *([text, None] for text in HOSTILE), ["Nurul ‘Ain", 5])
    text = data.decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0] == ["A", "B"]
    assert rows[1] == ["'=1+1", ""]
    assert rows[-1] == ["Nurul ‘Ain", "5"]


@pytest.mark.parametrize("kind", ["", "pdf", "xls"])
def test_nothing_else_is_a_file(app: Flask, kind: str) -> None:
    with app.test_request_context(f"/?as={kind}"):
        assert not exports.wanted()
