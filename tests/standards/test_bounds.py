"""Files that once crashed the import, each with the fault it gets now."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.standards import case_reading, case_writing, csv_table
from lms.standards.draft import identifier_for

HEADER = "type,code,parent,rank,statement_en,statement_ms,statement_id,identifier\n"
TOP = "Framework,T,,,Title,,,\n"


def _causes(data: str) -> set[str]:
    return {fault.cause for fault in csv_table.read(data.encode()).faults}


def test_the_same_uuid_in_both_cases_is_a_duplicate() -> None:
    one = identifier_for("A")
    rows = f"Domain,A,T,,A,,,{one}\nDomain,B,T,,B,,,{one.upper()}\n"
    assert _causes(HEADER + TOP + rows) == {"import-duplicate"}


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        (f"Property,version,,,{'v' * 60},,,\n", "import-too-long"),
        ("Level,L,T,99999999999,L,,,\n", "import-too-long"),
        ("Domain,A,T,,A\x00B,,,\n", "import-nul"),
        (f"Domain,A,T,,A,,,{{{identifier_for('A')}}}\n", "import-not-a-uuid"),
    ],
)
def test_values_that_no_table_holds_are_faults(rows: str, cause: str) -> None:
    assert _causes(HEADER + TOP + rows) & {cause, "import-not-csv"}


def test_a_tree_is_at_most_twelve_levels_deep() -> None:
    def chain(length: int) -> str:
        rows = [f"Unit,U{n},{'T' if n == 0 else f'U{n - 1}'},,Words,,,\n" for n in range(length)]
        return HEADER + TOP + "".join(rows)

    assert _causes(chain(12)) == set()
    assert _causes(chain(13)) == {"import-too-deep"}
    assert _causes(chain(400)) == {"import-too-deep"}


def _package(**document: Any) -> dict[str, Any]:
    return {
        "CFDocument": {"identifier": "d", "uri": "d", "title": "D", **document},
        "CFItems": [{"identifier": "a", "fullStatement": "A", "listEnumeration": "0"}],
        "CFAssociations": [],
    }


def _edge(identifier: str | None = None) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "associationType": "isRelatedTo",
        "originNodeURI": "a",
        "destinationNodeURI": "elsewhere",
    }


@pytest.mark.parametrize("identifier", ["x", None])
def test_two_associations_that_are_one_are_a_duplicate(identifier: str | None) -> None:
    package = _package() | {"CFAssociations": [_edge(identifier), _edge(identifier)]}
    reading = case_reading.read(json.dumps(package).encode())
    assert {fault.cause for fault in reading.faults} == {"import-duplicate"}


def test_rank_zero_and_an_offset_survive() -> None:
    package = _package(lastChangeDateTime="2027-01-01T08:00:00+08:00")
    draft = case_reading.read(json.dumps(package).encode()).draft
    assert draft is not None
    assert draft.items[0].rank == 0
    written = case_writing.write(draft)
    assert written["CFDocument"]["lastChangeDateTime"] == "2027-01-01T00:00:00Z"
    again = case_reading.read(json.dumps(written).encode()).draft
    assert again is not None
    assert again.items == draft.items


def test_a_plain_destination_is_exported_as_a_whole_link() -> None:
    package = _package() | {"CFAssociations": [_edge("x")]}
    draft = case_reading.read(json.dumps(package).encode()).draft
    assert draft is not None
    links = [e["destinationNodeURI"] for e in case_writing.write(draft)["CFAssociations"]]
    assert all({"title", "identifier", "uri"} <= set(link) for link in links)


@pytest.mark.parametrize("address", ["/courses/a%00b", "/standards/a%00b", "/?kind=a%00b"])
def test_a_nul_in_an_address_is_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in {400, 404}


def test_a_nul_in_a_form_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/sign-in", data={"email": "a\0@b.example", "password": "x"})
    assert answer.status_code == 400
