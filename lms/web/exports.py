"""Lists to take away, as they are shown: CSV for programs, a workbook for people."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Response, request
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from lms.kernel import csv_tables
from lms.web.downloads import download
from lms.web.i18n import ZONE

MOST = 10_000
"""Rows of one file: far more than a page shows, and no more than a request can make."""
_CSV, _WORKBOOK = "csv", "xlsx"
_TYPES = {
    _CSV: "text/csv; charset=utf-8",
    _WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDEST = 60
_OPTIONS = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Listing:
    """A list: ``name`` of its file without an ending, heads in the language of the page, rows.

    Cells are text, numbers, dates or moments; a moment is told by the clock of ``zone``.
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[object]]
    zone: str = ZONE


def wanted() -> bool:
    """Whether the page is asked for as a file (``?as=csv`` or ``?as=xlsx``)."""
    return request.args.get("as") in _TYPES


def answer(listing: Listing) -> Response:
    """The file that was asked for."""
    kind = request.args["as"]
    rows = ([_local(value, listing.zone) for value in row] for row in listing.rows)
    body: bytes | str
    if kind == _CSV:
        # Spreadsheets take a CSV without the mark for the code page of the machine.
        body = "\ufeff" + csv_tables.written(listing.head, rows)
    else:
        body = _workbook(listing.head, rows)
    return download(body, f"{listing.name}.{kind}", _TYPES[kind])


def _local(value: object, zone: str) -> object:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    return value


def _workbook(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    for column, words in enumerate(head):
        sheet.set_column(column, column, min(_WIDEST, max(14, len(words) + 4)))
        sheet.write_string(0, column, words, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, (number, column), value, moment)
    book.close()
    return out.getvalue()


def _write(sheet: Worksheet, at: tuple[int, int], value: object, moment: object) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*at, value, moment)
    elif isinstance(value, date):
        sheet.write_datetime(*at, value)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        sheet.write_number(*at, value)
    elif value is not None:
        # As text: nothing that somebody typed is run as a formula or followed as a link.
        sheet.write_string(*at, str(value))
