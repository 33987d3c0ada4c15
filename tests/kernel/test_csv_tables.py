"""The reader and the writer of tables: what spreadsheets save, and what attackers do."""

import csv
import io

import pytest

from lms.kernel import csv_tables

HEADER = ("name", "code")


def causes(data: bytes, most: int = 10) -> list[str]:
    return [fault.cause for fault in csv_tables.read(data, HEADER, most).faults]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(delimiter: str) -> None:
    text = f"Name{delimiter}Code\r\nSiti Né{delimiter}A1\r\n"
    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("cp1252")):
        table = csv_tables.read(data, HEADER, 10)
        assert table.faults == []
        assert [row.cells for row in table.rows] == [{"name": "Siti Né", "code": "A1"}]


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "import-column-missing"),
        (b"name,code\nSiti\x00,A1\n", "import-nul"),
        ("name\tcode\nSiti\tA1\n".encode("utf-16"), "import-nul"),
        (b'name,code\n"Siti,A1\n', "import-not-csv"),
        (b"name,code\n" + b"x" * 1_000_000 + b",A1\n", "import-not-csv"),
        (b"name,code,name\nSiti,A1,Budi\n", "import-column-twice"),
        (b"," * 100_000 + b"\n", "import-column-missing"),
        (b"name,code\nSiti,A1,more\n", "import-wrong-column-count"),
        (b"name,code\n" + b"Siti,A1\n" * 10, "import-too-many-rows"),
    ],
)
def test_what_is_no_table_gets_a_plain_answer(data: bytes, cause: str) -> None:
    assert cause in causes(data)


def test_a_table_of_ten_lines_may_hold_ten() -> None:
    assert causes(b"name,code\n" + b"Siti,A1\n" * 9) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_to_take_away_has_no_formula_and_reads_back(delimiter: str) -> None:
    rows = [("=1+1", "a;b,c\td"), ("-2", 'say "yes"'), (None, "plain")]
    text = csv_tables.written(HEADER, rows, delimiter=delimiter)
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == [
        ["name", "code"],
        ["'=1+1", "a;b,c\td"],
        ["'-2", 'say "yes"'],
        ["", "plain"],
    ]
    assert csv_tables.read(text.encode(), HEADER, 10).delimiter == delimiter


@pytest.mark.parametrize("value", ["=1", "'=1", "''+a", "'quoted'", "-", "plain", "'", "＝1"])
def test_what_was_defused_reads_back_as_it_was(value: str) -> None:
    text = csv_tables.written(HEADER, [(value, "A1")])
    (row,) = csv_tables.read(text.encode(), HEADER, 10).rows
    assert row.cells["name"] == value
