"""Our CSV: read as people save it, and every fault told with its row, column, value and cause."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import paths
from lms.kernel.errors import Fault
from lms.standards import csv_table
from lms.standards.csv_table import HEADER
from lms.standards.draft import FrameworkDraft, identifier_for
from tests.standards.frameworks import TOP, frameworks, table, uuid

pytestmark = pytest.mark.once

CLEAN = csv_table.read(table()).draft
STARTER = (paths.SAMPLE / "swx-starter.csv").read_bytes()


def faults(data: bytes) -> list[tuple[int, str, str, str]]:
    reading = csv_table.read(data)
    assert reading.draft is None
    return [(f.row, f.column, f.value, f.cause) for f in reading.faults]


def test_the_small_table_is_read_as_it_stands() -> None:
    assert CLEAN is not None
    assert (CLEAN.identifier, CLEAN.code, CLEAN.version) == (TOP, "T", "1")
    assert CLEAN.titles == {"en": "Test", "ms": "Ujian"}
    assert CLEAN.changed_at.isoformat() == "2027-01-01T00:00:00+00:00"
    assert [(i.code, i.kind, i.rank, i.parents) for i in CLEAN.items] == [
        ("T.L1", "Level", 1, (TOP,)),
        ("T.A", "Domain", 1, (TOP,)),
        ("T.A.1", "Unit", 1, (uuid(12),)),
        ("T.A.2", "Unit", 2, (uuid(12),)),
    ]
    assert CLEAN.items[2].statements == {"en": "Unit, with comma", "ms": "Unit"}
    assert CLEAN.counts() == {"Level": 1, "Domain": 1, "Unit": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + table(),
        table(delimiter=";"),
        b"\xef\xbb\xbf" + table(delimiter=";"),
        table().replace(b"\n", b"\r\n"),
        table() + b"\n\n,,,,,,,\n",
        table(header=tuple(name.upper() for name in HEADER)),
    ],
    ids=["bom", "semicolons", "excel", "crlf", "empty lines", "capitals"],
)
def test_spreadsheets_save_it_in_many_ways(data: bytes) -> None:
    reading = csv_table.read(data)
    assert reading.draft == CLEAN
    assert reading.warnings == ()


def test_windows_1252_is_read_with_a_warning() -> None:
    reading = csv_table.read(table((2, 4, "Réf")).decode().encode("cp1252"))
    assert reading.draft is not None
    assert reading.draft.titles["en"] == "Réf"
    assert [w.cause for w in reading.warnings] == ["import-read-as-windows-1252"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((6, 1, "T.L1"), (6, "code", "T.L1", "import-duplicate")),
        ((6, 7, uuid(11)), (6, "identifier", uuid(11), "import-duplicate")),
        ((8, 2, "T.B"), (8, "parent", "T.B", "import-unknown-parent")),
        ((8, 2, ""), (8, "parent", "", "import-unknown-parent")),
        ((8, 3, "second"), (8, "rank", "second", "import-not-a-number")),
        ((8, 3, "1.5"), (8, "rank", "1.5", "import-not-a-number")),
        ((8, 3, "-1"), (8, "rank", "-1", "import-not-a-number")),
        ((8, 3, "²"), (8, "rank", "²", "import-not-a-number")),
        ((5, 3, ""), (5, "rank", "", "import-rank-missing")),
        ((8, 7, "not-a-uuid"), (8, "identifier", "not-a-uuid", "import-not-a-uuid")),
        ((8, 0, "Chapter"), (8, "type", "Chapter", "import-unknown-type")),
        ((8, 1, ""), (8, "code", "", "import-bad-code")),
        ((8, 1, "x" * 65), (8, "code", "x" * 65, "import-bad-code")),
        ((4, 4, "tomorrow"), (4, "statement_en", "tomorrow", "import-bad-date")),
        ((3, 1, "colour"), (3, "code", "colour", "import-unknown-property")),
    ],
)
def test_one_fault_is_told_with_row_column_value_and_cause(
    change: tuple[int, int, str], fault: tuple[int, str, str, str]
) -> None:
    assert fault in faults(table(change))


def test_every_fault_of_a_file_is_told_at_once() -> None:
    found = faults(table((6, 3, "x"), (7, 7, "y"), (8, 2, "z")))
    assert [(row, column) for row, column, _, _ in found] == [
        (6, "rank"),
        (7, "identifier"),
        (8, "parent"),
    ]


def test_a_row_without_any_statement_is_a_fault() -> None:
    assert faults(table((8, 4, ""), (8, 5, ""))) == [
        (8, "statement_en", "", "import-statement-missing")
    ]


def test_a_circle_is_a_fault_and_told_once() -> None:
    found = faults(table((6, 2, "T.A.1")))
    assert [cause for *_, cause in found] == ["import-cycle"]
    assert found[0][0] in {6, 7}
    assert faults(table((6, 2, "T.A")))[0][:2] == (6, "parent")


def test_a_missing_column_is_named() -> None:
    header = tuple("x" if name == "rank" else name for name in HEADER)
    assert [(f[0], f[1], f[3]) for f in faults(table(header=header))] == [
        (1, "rank", "import-column-missing")
    ]


def test_nothing_at_all_lacks_every_column() -> None:
    assert {f[1] for f in faults(b"")} == set(HEADER)


def test_a_row_with_another_number_of_cells_is_a_fault() -> None:
    data = table() + b"\nUnit,T.A.3,T.A\n"
    assert faults(data) == [(9, "", "3", "import-wrong-column-count")]


def test_an_open_quotation_mark_is_no_csv() -> None:
    assert [f[3] for f in faults(table() + b'\n"Unit')] == ["import-not-csv"]


@pytest.mark.parametrize("kind", ["Framework", "Domain"])
def test_there_is_exactly_one_framework_row(kind: str) -> None:
    number = 6 if kind == "Framework" else 2
    causes = {f[3] for f in faults(table((number, 0, kind)))}
    assert "import-one-framework-row" in causes


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "MAX_ROWS", 7)
    assert [f[3] for f in faults(table())] == ["import-too-many-rows"]


def test_an_identifier_that_is_not_stated_follows_from_the_code() -> None:
    draft = csv_table.read(table((8, 7, ""))).draft
    assert draft is not None
    assert draft.items[-1].identifier == identifier_for("T.A.2")


def test_identifiers_are_kept_in_lower_case() -> None:
    assert csv_table.read(table((8, 7, uuid(14).upper()))).draft == CLEAN


@given(frameworks(for_csv=True))
def test_what_is_written_is_read_back(draft: FrameworkDraft) -> None:
    reading = csv_table.read(csv_table.write(draft).encode())
    assert reading.faults == ()
    assert reading.draft == draft


def test_the_starter_framework_is_written_as_it_was_read() -> None:
    draft = csv_table.read(STARTER).draft
    assert draft is not None
    assert csv_table.write(draft).encode() == STARTER.replace(b"\r\n", b"\n")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    reading = csv_table.read(data)
    assert reading.draft is None
    assert reading.faults
    assert all(isinstance(fault, Fault) for fault in reading.faults)


def test_an_exported_framework_has_no_formula_and_reads_back() -> None:
    assert CLEAN is not None
    draft = replace(CLEAN, titles={"en": "=HYPERLINK(1)"})
    text = csv_table.write(draft)
    assert ",'=HYPERLINK(1)," in text
    again = csv_table.read(text.encode()).draft
    assert again is not None
    assert again.titles == draft.titles
