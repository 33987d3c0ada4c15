"""The file of a meeting tool: its table is found by the names of its columns. Pure."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.kernel import csv_tables
from lms.kernel.errors import Invalid
from lms.meetings.moments import moment
from lms.meetings.rules import Stay

LARGEST = 2_000_000
MOST_ROWS = 5_000
_LONGEST_NAME = 200
# Each column by what Zoom, Teams, Webex, Meet and people call it.
_NAMES = {
    "name": ("name", "full name", "attendee name", "participant", "participant name", "nama"),
    "first": ("first name",),
    "last": ("last name",),
    "email": ("email", "e-mail", "user email", "attendee email", "email address", "emel",
              "e-mel", "surel", "participant id (upn)"),
    "joined": ("join time", "joined", "time joined", "first join", "masa masuk", "waktu masuk"),
    "left": ("leave time", "left", "time exited", "last leave", "masa keluar", "waktu keluar"),
    "waiting": ("in waiting room",),
}  # fmt: skip
_WAITED = {"yes", "ya"}
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)\s*$")
Columns = dict[str, int]


def read(data: bytes, day: date, zone: ZoneInfo) -> list[Stay]:
    """Everybody's stays; raises Invalid for what is no such file, or for a time that is none."""
    if len(data) > LARGEST:
        raise Invalid(fields={"file": "meeting-file-large"})
    columns, lines = _table(data)
    if len(lines) > MOST_ROWS:
        raise Invalid(fields={"file": "meeting-file-large"})
    stays = [_stay(line, columns, day, zone) for line in lines if not _waited(line, columns)]
    if not stays:
        raise Invalid(fields={"file": "meeting-file-empty"})
    return stays


def _table(data: bytes) -> tuple[Columns, list[list[str]]]:
    for grid in csv_tables.grids(data):
        heads = [(number, found) for number, line in enumerate(grid) if (found := _columns(line))]
        if heads:
            # Teams sums people up first; the last table has each time they joined.
            number, columns = heads[-1]
            return columns, list(_below(grid[number + 1 :], columns))
    raise Invalid(fields={"file": "meeting-file-unknown"})


def _columns(line: list[str]) -> Columns | None:
    heads = [head.strip().casefold() for head in line]
    plain = [_IN_BRACKETS.sub("", head) for head in heads]
    found: Columns = {}
    for column, names in _NAMES.items():
        for name in names:
            if name in heads or name in plain:
                found[column] = (heads if name in heads else plain).index(name)
                break
    who = {"name", "first", "email"} & set(found)
    return found if who and {"joined", "left"} <= set(found) else None


def _below(lines: list[list[str]], columns: Columns) -> Iterator[list[str]]:
    # Up to an empty line or the title of another part of the report.
    for line in lines:
        if sum(bool(cell.strip()) for cell in line) < 2:
            return
        yield line + [""] * (max(columns.values()) + 1 - len(line))


def _waited(line: list[str], columns: Columns) -> bool:
    return "waiting" in columns and line[columns["waiting"]].strip().casefold() in _WAITED


def _stay(line: list[str], columns: Columns, day: date, zone: ZoneInfo) -> Stay:
    said = {column: csv_tables.plain(line[place]) for column, place in columns.items()}
    name = said.get("name") or f"{said.get('first', '')} {said.get('last', '')}"
    joined, left = moment(said["joined"], day, zone), _end(said["left"], day, zone)
    if joined is None:
        raise Invalid(fields={"file": "meeting-file-time"})
    return Stay(name.strip()[:_LONGEST_NAME], said.get("email", ""), joined, left)


def _end(said: str, day: date, zone: ZoneInfo) -> datetime | None:
    if not said:  # was still there
        return None
    found = moment(said, day, zone)
    if found is None:
        raise Invalid(fields={"file": "meeting-file-time"})
    return found
