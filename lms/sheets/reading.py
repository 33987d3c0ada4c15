"""A sheet as spreadsheets write it: its columns and rows, and what a row says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.catalogue.kinds import SeatMode
from lms.kernel import csv_tables
from lms.kernel.errors import Conflict, Invalid
from lms.sheets.states import Way

MOST_ROWS = 50_000
LARGEST = 8_000_000
_WIDEST = 20
_LONGEST_CELL = 1_000
# Each column by its names in the three languages.
_NAMES = {
    "offering": ("offering", "tawaran", "penyelenggaraan"),
    "person": ("person", "orang", "peserta"),
    "status": ("status",),
    "seat": ("seat", "tempat"),
    "reason": ("reason", "sebab", "alasan"),
}
HEADER = tuple(_NAMES)
_NEEDED = ("offering", "person")
_STATUS = {
    "enrolled": "join",
    "didaftarkan": "join",
    "terdaftar": "join",
    "nominated": "join",
    "dicalonkan": "join",
    "withdrawn": "withdraw",
    "ditarik": "withdraw",
    "mundur": "withdraw",
}
_OF_THE_OTHER_WAY = {
    Way.ENROL: ("nominated", "dicalonkan"),
    Way.NOMINATE: ("enrolled", "didaftarkan", "terdaftar"),
}
_SEATS = {each.value: each for each in SeatMode} | {
    "bersemuka": SeatMode.IN_PERSON,
    "tatap muka": SeatMode.IN_PERSON,
    "dalam talian": SeatMode.ONLINE,
    "daring": SeatMode.ONLINE,
}


@dataclass(frozen=True)
class Wanted:
    """What a row asks for."""

    offering: str
    person: str
    withdraw: bool
    seat: SeatMode | None
    reason: str


def read(data: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows with their line numbers, empty ones left out.

    Raises Invalid when the file as a whole cannot be taken: it is no table, too long, or without
    the columns that are needed.
    """
    if len(data) > LARGEST:
        raise Invalid(fields={"file": "file-too-large"})
    lines = csv_tables.grid(data)
    header = [cell.strip() for cell in lines[0]] if lines else []
    columns = _columns(header)
    if any(name not in columns for name in _NEEDED) or len(header) > _WIDEST:
        raise Invalid(fields={"file": "sheet-columns"})
    rows = [
        (number, [cell[:_LONGEST_CELL] for cell in cells[: _WIDEST + 1]])
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise Invalid(fields={"file": "import-empty"})
    if len(rows) > MOST_ROWS:
        raise Invalid(fields={"file": "sheet-too-long"})
    return header, rows


def _columns(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, words in enumerate(header):
        for name, spellings in _NAMES.items():
            if words.casefold() in spellings:
                if name in found:  # one of them would be lost without a word
                    raise Invalid(fields={"file": "sheet-columns"})
                found[name] = index
    return found


def wanted(header: Sequence[str], cells: Sequence[str], way: Way) -> Wanted:
    """What a row asks for; raises Conflict with the code of what is wrong in it."""
    if len(cells) != len(header):
        raise Conflict("row-wrong-count", found=str(len(cells)), expected=str(len(header)))
    columns = _columns(header)
    values = {name: csv_tables.plain(cells[index]) for name, index in columns.items()}
    for name in _NEEDED:
        if not values[name]:
            raise Conflict(f"row-{name}-missing")
    status = values.get("status", "").casefold()
    if status and (status not in _STATUS or status in _OF_THE_OTHER_WAY[way]):
        raise Conflict("row-bad-status", status=values["status"])
    seat = values.get("seat", "").casefold()
    if seat and seat not in _SEATS:
        raise Conflict("row-bad-seat", seat=values["seat"])
    return Wanted(
        values["offering"],
        values["person"],
        withdraw=_STATUS.get(status) == "withdraw",
        seat=_SEATS.get(seat),
        reason=values.get("reason", ""),
    )
