"""What employers hand in: spreadsheets of all kinds, pasted lines, and files that mean harm."""

import io
import zipfile

import pytest

from lms.employers import reading, rules, workbook
from lms.employers.models import Flaw
from lms.employers.reading import Line
from lms.kernel.errors import Invalid
from tests.employers import making
from tests.employers.making import table

CODE, OTHER = making.unknown_code(), making.unknown_code()
LINES = [Line(2, CODE, "Siti Ñ", "A-1"), Line(3, OTHER, "", "A-2")]
ROWS = ["Kod,Nama,Rujukan", f"{CODE},Siti Ñ,A-1", f"{OTHER},,A-2"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_as_spreadsheets_save_it(separator: str, encoding: str) -> None:
    assert reading.of_file(table(*ROWS, separator=separator, encoding=encoding)) == LINES


def test_a_workbook_keeps_the_numbers_of_its_rows() -> None:
    cells = [row.split(",") for row in ROWS]
    assert reading.of_file(making.workbook(cells)) == LINES
    spaced = reading.of_file(making.workbook([[], cells[0], [], cells[1], ["", ""], cells[2]]))
    assert [(line.number, line.code) for line in spaced] == [(4, CODE), (6, OTHER)]


def test_columns_stand_in_any_order_and_others_are_left_out() -> None:
    found = reading.of_file(table("No,Name,Code", f"1,Ali,{CODE}", "2,Abu"))
    assert found == [Line(2, CODE, "Ali"), Line(3, "", "Abu")]


def test_lines_are_pasted_with_and_without_a_head() -> None:
    spoken = f"{CODE[:5]}-{CODE[5:].lower()}"
    assert reading.of_text(f"{spoken}, Ali\n\n{OTHER}") == [
        Line(1, spoken, "Ali"),
        Line(3, OTHER),
    ]
    assert reading.of_text(f"Ali\t{CODE}\tR1")[0] == Line(1, CODE, "Ali", "R1")
    assert reading.of_text(f"name;code\nAli;{CODE}") == [Line(2, CODE, "Ali")]
    assert reading.of_text("nonsense")[0].code == "nonsense"


def test_a_cell_that_we_guarded_comes_back_as_it_was() -> None:
    assert reading.of_file(table("code,name", f"{CODE},'=1+1"))[0].name == "=1+1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"\r\n,,\r\n", "import-empty"),
        (b"person,address\nA,B\n", "checks-columns"),
        (b"code,name\n,Ali\n", "checks-no-code"),
        (b"code\n" + b"A\n" * 10_001, "checks-too-many"),
        (b"code\nA\x00B\n", "import-nul"),
        (b"code\n" + b"A" * 200_000, "import-not-csv"),
        (b"x" * (reading.LARGEST + 1), "file-too-large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file-type-refused"),
        (b"PK\x03\x04 and no more", "file-type-refused"),
    ],
)
def test_what_cannot_be_taken_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.of_file(data)
    assert refused.value.fields == {"file": code}


_SHEET = "xl/worksheets/sheet1.xml"
_HEAD = b'<worksheet xmlns="x"><sheetData>'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (_SHEET, b'<!DOCTYPE a [<!ENTITY b "code">]><worksheet>&b;</worksheet>'),
        ("xl/sharedStrings.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><sst/>'),
        (_SHEET, b"<worksheet><row"),
        (_SHEET, _HEAD + b'<row r="9999999"><c><v>1</v></c></row></sheetData></worksheet>'),
        (_SHEET, _HEAD + b'<row r="2"/><row r="2"/></sheetData></worksheet>'),
        (_SHEET, _HEAD + b'<row r="1"><c t="s"><v>77</v></c></row></sheetData></worksheet>'),
        ("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
        (
            "xl/_rels/workbook.xml.rels",
            b'<Relationships><Relationship Id="rId1" Target="../../x"/></Relationships>',
        ),
    ],
)
def test_a_workbook_that_means_harm_is_refused(part: str, content: bytes) -> None:
    data = making.tampered(making.workbook([["code"], [CODE]]), part, content)
    with pytest.raises(Invalid) as refused:
        reading.of_file(data)
    assert refused.value.fields == {"file": "file-type-refused"}


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(_SHEET, b" " * 50_000_000)
    with pytest.raises(Invalid) as refused:
        workbook.grid(out.getvalue(), most=10)
    assert refused.value.fields == {"file": "file-archive-refused"}


def test_no_more_rows_of_a_workbook_are_read_than_are_taken() -> None:
    with pytest.raises(Invalid) as refused:
        reading.of_file(making.workbook([["code"], *[[CODE]] * 10_001]))
    assert refused.value.fields == {"file": "checks-too-many"}


def test_rows_are_looked_through() -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    lines = [Line(2, CODE), Line(3, " - "), Line(5, CODE.lower()), Line(6, wrong), Line(7, wrong)]
    found = list(rules.looked_through(lines))
    assert [(one.flaw, one.twin) for one in found] == [
        (Flaw.NONE, None),
        (Flaw.BLANK, None),
        (Flaw.DUPLICATE, 2),
        (Flaw.MALFORMED, None),
        (Flaw.DUPLICATE, 6),
    ]
    assert found[0].digest == found[2].digest != found[3].digest
