"""What an employer hands in to be checked: rows of a CSV or a workbook, or pasted lines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.employers import workbook
from lms.kernel import codes, csv_tables, text
from lms.kernel.errors import Invalid

MOST_ROWS = 10_000
LARGEST = 5_000_000
COLUMNS = ("code", "name", "reference")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_LONGEST = {"code": 200, "name": 200, "reference": 100}
# Each column by its names in the three languages.
_NAMES = {
    "code": ("code", "verification code", "kod", "kod pengesahan", "kode", "kode verifikasi"),
    "name": ("name", "full name", "nama", "nama penuh", "nama lengkap"),
    "reference": ("reference", "rujukan", "referensi", "ref"),
}
Grid = Sequence[tuple[int, list[str]]]
"""Rows with the numbers that the file gives them."""


@dataclass(frozen=True)
class Line:
    """A row: its number, the code as typed, a name to compare, the employer's own reference."""

    number: int
    code: str
    name: str = ""
    reference: str = ""


def of_file(data: bytes) -> list[Line]:
    """The rows of a CSV or of the first sheet of a workbook; raises Invalid."""
    if not data:
        raise Invalid(fields={"file": "file-empty"})
    if len(data) > LARGEST:
        raise Invalid(fields={"file": "file-too-large"})
    if data.startswith(_OLD_WORKBOOK):
        raise Invalid(fields={"file": "file-type-refused"})
    if workbook.is_one(data):
        return _lines(workbook.grid(data, most=MOST_ROWS + 1), "file")
    return _lines(list(enumerate(csv_tables.grid(data), start=1)), "file")


def of_text(words: str) -> list[Line]:
    """Pasted lines: a code, or code, name and reference as spreadsheets paste them."""
    try:
        grid = csv_tables.grid(words.encode("utf-8", "replace"))
    except Invalid as refused:
        raise Invalid(fields={"lines": refused.fields["file"]}) from None
    return _lines(list(enumerate(grid, start=1)), "lines")


def _lines(grid: Grid, field: str) -> list[Line]:
    full = [(number, cells) for number, cells in grid if any(cell.strip() for cell in cells)]
    if not full:
        raise Invalid(fields={field: "import-empty"})
    columns = _columns(full[0][1])
    rows = full[1:] if columns else full
    if len(rows) > MOST_ROWS:
        raise Invalid(fields={field: "checks-too-many"})
    lines = [_line(number, cells, columns or _bare(full[0][1], field)) for number, cells in rows]
    if not any(line.code for line in lines):
        raise Invalid(fields={field: "checks-no-code"})
    return lines


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Where each column stands, if the first row names that of the codes."""
    found: dict[str, int] = {}
    for index, words in enumerate(head):
        for name, spellings in _NAMES.items():
            if name not in found and text.key(words) in spellings:
                found[name] = index
    return found if "code" in found else {}


def _bare(first: Sequence[str], field: str) -> dict[str, int]:
    """Without a head: the code is where the first row has one, the rest follows in order."""
    at = next((i for i, cell in enumerate(first) if codes.read_verification_code(cell)), None)
    if at is None and field == "file":
        raise Invalid(fields={"file": "checks-columns"})
    rest = [index for index in range(len(COLUMNS)) if index != (at or 0)]
    return dict(zip(COLUMNS, [at or 0, *rest], strict=False))


def _line(number: int, cells: Sequence[str], columns: dict[str, int]) -> Line:
    values = {
        name: csv_tables.plain(cells[index])[: _LONGEST[name]]
        for name, index in columns.items()
        if index < len(cells)
    }
    return Line(number, **{"code": "", **values})
