"""Tables in CSV as spreadsheets write them, and cells that spreadsheets do not run."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from lms.kernel.errors import Fault, Invalid

# A spreadsheet takes a cell that begins so for a formula, also in full width.
_FORMULA = tuple("=+-@\t\r\n\x00＝＋－＠")
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """A row below the header: its number in the file, its cells by column."""

    number: int
    cells: dict[str, str]

    def fault(self, column: str, cause: str) -> Fault:
        """Something wrong in a cell of this row."""
        return Fault(self.number, column, self.cells.get(column, ""), cause)


@dataclass(frozen=True)
class Table:
    """What was read; with faults there are no rows to rely on."""

    rows: list[Row]
    faults: list[Fault]
    warnings: list[Fault]
    delimiter: str = ","


def read(data: bytes, columns: Sequence[str], most: int) -> Table:
    """Read a CSV in UTF-8 (with or without BOM) or Windows-1252, with commas, semicolons or tabs.

    The header must name the ``columns`` in any order; ``most`` lines are taken at most.
    """
    text, warnings = _decode(data)
    delimiter = _delimiter(text)
    if "\x00" in text:  # PostgreSQL keeps no such text; also what UTF-16 looks like
        return Table([], [Fault(0, "", "", "import-nul")], warnings, delimiter)
    rows, faults = _rows(text, delimiter, columns, most)
    return Table(rows, faults, warnings, delimiter)


def grid(data: bytes) -> list[list[str]]:
    """All lines of such a CSV as they came, the header first; empty lines are empty lists.

    Raises Invalid when it is none. What is wrong in a line is for the caller to say.
    """
    text, _ = _decode(data)
    if "\x00" in text:
        raise Invalid(fields={"file": "import-nul"})
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        raise Invalid(fields={"file": "import-not-csv"}) from None


def grids(data: bytes) -> Iterator[list[list[str]]]:
    """All lines, read with each delimiter there is: for files that begin with other lines.

    Also takes UTF-16 with its mark. What cannot be read with a delimiter is left out.
    """
    marked = data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    text = data.decode("utf-16", errors="replace") if marked else _decode(data)[0]
    if "\x00" in text:
        return
    for delimiter in _DELIMITERS:
        with suppress(csv.Error):
            yield list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def plain(text: str) -> str:
    """A cell without the space around it and without the mark of ``cell``."""
    return _plain(text.strip())


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)  # the first of them, where none is there


def _decode(data: bytes) -> tuple[str, list[Fault]]:
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        warning = Fault(1, "", "Windows-1252", "import-read-as-windows-1252")
        return data.decode("cp1252", errors="replace"), [warning]


def _rows(
    text: str, delimiter: str, columns: Sequence[str], most: int
) -> tuple[list[Row], list[Fault]]:
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], [Fault(0, "", str(error), "import-not-csv")]
    header = [cell.strip().lower() for cell in table[0]] if table else []
    twice = [name for name in columns if header.count(name) > 1]
    if twice:  # one of them would be lost without a word
        return [], [Fault(1, name, name, "import-column-twice") for name in twice]
    missing = [name for name in columns if name not in header]
    if missing:
        return [], [
            Fault(1, name, ", ".join(header)[:80], "import-column-missing") for name in missing
        ]
    if len(table) > most:
        return [], [Fault(most, "", str(len(table)), "import-too-many-rows")]
    return _below(header, table[1:])


def _below(header: list[str], lines: list[list[str]]) -> tuple[list[Row], list[Fault]]:
    rows, faults = [], []
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.append(Fault(number, "", str(len(cells)), "import-wrong-column-count"))
            continue
        values = (_plain(cell.strip()) for cell in cells)
        rows.append(Row(number, dict(zip(header, values, strict=True))))
    return rows, faults


def cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula; ``read`` gives the value back."""
    text = "" if value is None else str(value)
    return "'" + text if _like_formula(text) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and _like_formula(text[1:]) else text


def _like_formula(text: str) -> bool:
    # With apostrophes before it, too: else one that was there would be lost on the way back.
    return text.lstrip("'").startswith(_FORMULA)


def written(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ","
) -> str:
    """A table to take away: every cell quoted, and none of them a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(each) for each in row])
    return out.getvalue()
