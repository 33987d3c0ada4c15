"""The first sheet of a stranger's workbook as rows of text. Pure: no formula is worked out.

Only three parts of the file are read, each by expat, which resolves nothing; a document type, which
such files never have, is refused.
"""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from xml.parsers import expat

from lms.kernel.errors import Invalid
from lms.storage import archives

_LARGEST = 12_000_000
_WIDEST = 20
_LAST_ROW = 1_048_576
_LONGEST_CELL = 40_000
_HEAD = b"PK\x03\x04"
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


class _Enough(Exception):
    """As many rows as were asked for are there."""


def is_one(data: bytes) -> bool:
    """Whether it begins as workbooks do."""
    return data.startswith(_HEAD)


def grid(data: bytes, *, most: int) -> list[tuple[int, list[str]]]:
    """At most ``most`` full rows and one, with their numbers; raises Invalid for what is none."""
    archives.office("xl/")(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            strings = _strings(_part(archive, _STRINGS)) if _STRINGS in names else []
            return _rows(_part(archive, _first_sheet(archive, names)), strings, most)
    except (*archives.UNREADABLE, expat.ExpatError, KeyError, IndexError):
        raise Invalid(fields={"file": "file-type-refused"}) from None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST:
        raise Invalid(fields={"file": "file-too-large"})
    return archive.read(name)


def _first_sheet(archive: zipfile.ZipFile, names: set[str]) -> str:
    """The part of the sheet that stands first in the workbook."""
    ids: list[str] = []
    targets: dict[str, str] = {}

    def sheet(name: str, values: dict[str, str]) -> None:
        if name == "sheet":
            ids.append(values.get("id", ""))

    def relation(name: str, values: dict[str, str]) -> None:
        if name == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")

    if _RELATIONS not in names:
        return _SHEET
    _parse(_part(archive, "xl/workbook.xml"), sheet)
    _parse(_part(archive, _RELATIONS), relation)
    target = targets[ids[0]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _parse(
    data: bytes,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda _: None,
    words: Callable[[str], None] = lambda _: None,
) -> None:
    """Go through a part; names come without their namespace."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def local(values: dict[str, str]) -> dict[str, str]:
        return {name.rpartition(":")[2]: value for name, value in values.items()}

    def refuse(*_: object) -> None:
        raise Invalid(fields={"file": "file-type-refused"})

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, values: begin(name.rpartition(":")[2], local(values))
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = words
    parser.Parse(data, True)


def _strings(data: bytes) -> list[str]:
    """The texts that cells name by number; how a word is spoken (``rPh``) is left out."""
    found: list[str] = []
    here: list[str] = []
    within: list[str] = []

    def begin(name: str, _values: dict[str, str]) -> None:
        within.append(name)
        if name == "si":
            here.clear()

    def end(name: str) -> None:
        within.pop()
        if name == "si":
            found.append("".join(here))

    def words(text: str) -> None:
        if within[-1] == "t" and "rPh" not in within:
            here.append(text)

    _parse(data, begin, end, words)
    return found


class _Sheet:
    """What is read of a sheet, cell by cell."""

    def __init__(self, strings: list[str], most: int) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._strings, self._most = strings, most
        self._number, self._column, self._kind = 0, 0, ""
        self._cells: dict[int, str] = {}
        self._inside, self._text = "", ""

    def begin(self, name: str, values: dict[str, str]) -> None:
        if name == "row":
            self._begin_row(int(values.get("r") or self._number + 1))
        elif name == "c":
            self._column = _column(values["r"]) if "r" in values else self._column + 1
            self._kind, self._text = values.get("t", "n"), ""
        elif name in {"v", "t"}:
            self._inside = name

    def _begin_row(self, number: int) -> None:
        if not self._number < number <= _LAST_ROW:
            raise ValueError("rows out of order")
        self._number, self._column, self._cells = number, 0, {}

    def words(self, text: str) -> None:
        if self._inside and len(self._text) < _LONGEST_CELL:
            self._text += text

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._inside = ""
        elif name == "c" and self._column <= _WIDEST:
            shared = self._kind == "s" and self._text
            self._cells[self._column] = self._strings[int(self._text)] if shared else self._text
        elif name == "row" and any(cell.strip() for cell in self._cells.values()):
            width = max(self._cells)
            row = [self._cells.get(column, "") for column in range(1, width + 1)]
            self.rows.append((self._number, row))
            if len(self.rows) > self._most:
                raise _Enough


def _column(place: str) -> int:
    """The number of the column in a place such as ``AB12``."""
    number = 0
    for letter in place[:4]:
        if not letter.isascii() or not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number


def _rows(data: bytes, strings: list[str], most: int) -> list[tuple[int, list[str]]]:
    sheet = _Sheet(strings, most)
    with suppress(_Enough):  # more than is taken: whoever asked says so
        _parse(data, sheet.begin, sheet.end, sheet.words)
    return sheet.rows
