"""Sheets as spreadsheets write them, and what is said of those that cannot be taken."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.kinds import SeatMode
from lms.kernel.errors import Conflict, Invalid
from lms.sheets import reading
from lms.sheets.states import Way
from tests.sheets.making import table

HEAD = ["offering", "person", "status"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_spreadsheet_is_read(separator: str, encoding: str) -> None:
    data = table("Offering,Person,Reason", "A-1,josé@x.example,é", separator=separator).decode()
    header, rows = reading.read(data.encode(encoding))
    assert header == ["Offering", "Person", "Reason"]
    assert rows == [(2, ["A-1", "josé@x.example", "é"])]


def test_columns_are_known_in_three_languages_and_any_order() -> None:
    for head in ("peserta,penyelenggaraan,alasan", "ORANG,Tawaran,Sebab", "person,x,offering"):
        header, rows = reading.read(table(head, "one,two,three"))
        wanted = reading.wanted(header, rows[0][1], Way.ENROL)
        assert {wanted.person, wanted.offering} <= {"one", "two", "three"}
        assert wanted.person == "one"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet-columns"),
        (b"person\r\nx", "sheet-columns"),
        (b"offering,person,person\r\nx,y,z", "sheet-columns"),
        (b"offering,person,orang\r\nx,y,z", "sheet-columns"),
        (b"offering,person\r\n\r\n , \r\n", "import-empty"),
        (b"offering,person\r\nA\x00,x", "import-nul"),
        (b"\xff\xfeo\x00f\x00", "import-nul"),
        (b"offering,person\r\n" + b"x,y\r\n" * 50_001, "sheet-too-long"),
        (b"offering,person\r\n" + b"x" * 8_000_001, "file-too-large"),
        (b'offering,person\r\n"' + b"x" * 200_000 + b'",y', "import-not-csv"),
    ],
)
def test_what_cannot_be_taken_is_said(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reading.read(data)
    assert refusal.value.fields == {"file": code}


@pytest.mark.parametrize(
    ("cells", "way", "code"),
    [
        (["A-1", "x"], Way.ENROL, "row-wrong-count"),
        (["A-1", "x", "", ""], Way.ENROL, "row-wrong-count"),
        (["", "x", ""], Way.ENROL, "row-offering-missing"),
        (["A-1", " ", ""], Way.ENROL, "row-person-missing"),
        (["A-1", "x", "gone"], Way.ENROL, "row-bad-status"),
        (["A-1", "x", "nominated"], Way.ENROL, "row-bad-status"),
        (["A-1", "x", "enrolled"], Way.NOMINATE, "row-bad-status"),
    ],
)
def test_what_is_wrong_in_a_row_is_said(cells: list[str], way: Way, code: str) -> None:
    with pytest.raises(Conflict, match=code):
        reading.wanted(HEAD, cells, way)


def test_a_row_says_what_it_asks_for() -> None:
    header = ["offering", "person", "status", "seat", "reason"]
    asked = reading.wanted(header, [" A-1", "x ", "Withdrawn", "ONLINE", "'=ill"], Way.ENROL)
    assert asked == reading.Wanted("A-1", "x", withdraw=True, seat=SeatMode.ONLINE, reason="=ill")
    with pytest.raises(Conflict, match="row-bad-seat"):
        reading.wanted(header, ["A-1", "x", "", "moon", ""], Way.ENROL)


@given(st.binary(max_size=300))
def test_no_file_breaks_it(data: bytes) -> None:
    try:
        header, rows = reading.read(b"offering,person\n" + data)
    except Invalid:
        return
    for _, cells in rows:
        with suppress(Conflict):
            reading.wanted(header, cells, Way.NOMINATE)
