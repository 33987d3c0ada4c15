"""CASE: read leniently, written strictly, and nothing is lost in between."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import paths
from lms.standards import case_reading, case_writing, csv_table, service
from lms.standards.draft import FrameworkDraft
from tests.standards.frameworks import TOP, frameworks, package, uuid

pytestmark = pytest.mark.once

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
STARTER_CSV = (paths.SAMPLE / "swx-starter.csv").read_bytes()
STARTER_CASE = (paths.SAMPLE / "swx-starter.case.json").read_bytes()


def read(data: object) -> FrameworkDraft:
    reading = case_reading.read(json.dumps(data).encode())
    assert reading.faults == ()
    assert reading.draft is not None
    return reading.draft


def faults(data: object) -> list[tuple[int, str, str, str]]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    reading = case_reading.read(raw)
    assert reading.draft is None
    return [(f.row, f.column, f.value, f.cause) for f in reading.faults]


@given(frameworks())
def test_what_is_written_is_read_back(draft: FrameworkDraft) -> None:
    assert read(case_writing.write(draft)) == draft


@given(frameworks())
def test_a_wrapped_package_is_the_same_package(draft: FrameworkDraft) -> None:
    assert read({"CFPackage": case_writing.write(draft)}) == draft


def test_the_two_files_we_ship_say_the_same() -> None:
    from_csv, from_case = csv_table.read(STARTER_CSV), case_reading.read(STARTER_CASE)
    assert from_csv.draft is not None
    assert from_csv.draft == from_case.draft
    assert (from_csv.faults, from_case.faults, from_case.warnings) == ((), (), ())
    assert from_csv.draft.counts()["Unit"] > 20
    assert json.loads(STARTER_CASE) == case_writing.write(from_csv.draft)


def test_the_kind_of_file_is_told_by_its_first_character() -> None:
    assert service.read_file(STARTER_CSV).draft == service.read_file(STARTER_CASE).draft
    assert service.read_file(b"\xef\xbb\xbf \n" + STARTER_CASE).faults == ()
    assert service.read_file(b"[]").faults[0].cause == "import-no-document"


def test_the_least_a_package_must_say() -> None:
    draft = read(package())
    assert [item.parents for item in draft.items] == [(TOP,), (uuid(1),), (uuid(2),)]
    assert draft.items[0].statements == {"en": "Statement 1"}
    assert draft.items[0].uri == uuid(1)
    assert draft.changed_at.year == 1970


def test_nulls_are_as_if_nothing_was_said() -> None:
    data = package()
    plain = read(data)
    data["CFDocument"] |= {"version": None, "extensions": None, "language": None}
    data["CFItems"][0] |= {"humanCodingScheme": None, "extensions": None, "notes": None}
    data["CFAssociations"][0] |= {"sequenceNumber": None, "notes": None}
    assert read(data) == plain
    assert read({**package(0), "CFItems": None, "CFAssociations": None}).items == ()


def test_what_we_do_not_know_is_kept() -> None:
    data = package()
    data["CFDocument"] |= {"notes": "About", "extensions": {"x:other": 1}}
    data["CFItems"][0] |= {"conceptKeywords": ["a"], "extensions": {"x:mine": {"b": 1}}}
    draft = read(data)
    written = case_writing.write(draft)
    assert written["CFDocument"]["notes"] == "About"
    assert written["CFItems"][0]["conceptKeywords"] == ["a"]
    assert written["CFItems"][0]["extensions"]["x:mine"] == {"b": 1}
    assert read(written).items == draft.items


def test_a_destination_outside_is_kept_word_for_word() -> None:
    data = package()
    node = {"identifier": uuid(77), "title": "Elsewhere", "uri": "https://other.example/77"}
    data["CFAssociations"].append(
        {
            "identifier": uuid(500),
            "associationType": "exactMatchOf",
            "originNodeURI": {"identifier": uuid(1)},
            "destinationNodeURI": node,
            "sequenceNumber": 4,
        }
    )
    draft = read(data)
    [edge] = draft.associations
    assert (edge.kind, edge.origin, edge.destination, edge.sequence) == (
        "exactMatchOf", uuid(1), uuid(77), 4,
    )  # fmt: skip
    assert case_writing.write(draft)["CFAssociations"][-1]["destinationNodeURI"] == node


def test_children_stand_in_the_order_of_their_numbers() -> None:
    data = package(3)
    for edge, number in zip(data["CFAssociations"], (3, 1, 2), strict=True):
        edge["destinationNodeURI"] = {"identifier": TOP}
        edge["sequenceNumber"] = number
    assert [item.identifier for item in read(data).items] == [uuid(2), uuid(3), uuid(1)]


def test_an_item_may_have_several_parents() -> None:
    data = package(3)
    second = dict(data["CFAssociations"][2])
    data["CFAssociations"].append(
        second | {"identifier": uuid(900), "destinationNodeURI": {"identifier": uuid(1)}}
    )
    draft = read(data)
    assert set(draft.items[2].parents) == {uuid(1), uuid(2)}
    again = read(case_writing.write(draft)).items[2].parents
    assert set(again) == set(draft.items[2].parents)


def test_an_item_without_parent_stands_at_the_top_with_a_warning() -> None:
    data = package(2)
    data["CFAssociations"].pop()
    reading = case_reading.read(json.dumps(data).encode())
    assert [(w.row, w.value, w.cause) for w in reading.warnings] == [
        (2, uuid(2), "import-no-parent")
    ]
    assert reading.draft is not None
    assert reading.draft.items[1].parents == (TOP,)


def test_a_circle_is_a_fault() -> None:
    data = package(3)
    data["CFAssociations"][0]["destinationNodeURI"] = {"identifier": uuid(3)}
    found = faults(data)
    assert len(found) == 1
    assert (found[0][1], found[0][3]) == ("parent", "import-cycle")
    assert found[0][2] in {uuid(1), uuid(2), uuid(3)}


def _without(path: tuple[Any, ...]) -> dict[str, Any]:
    data = package()
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return data


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (("CFDocument",), (0, "CFDocument", "import-no-document")),
        (("CFDocument", "title"), (0, "CFDocument.title", "import-value-missing")),
        (("CFDocument", "identifier"), (0, "CFDocument.identifier", "import-value-missing")),
        (("CFItems", 1, "identifier"), (2, "CFItems[1].identifier", "import-value-missing")),
        (("CFItems", 2, "fullStatement"), (3, "CFItems[2].fullStatement", "import-value-missing")),
        (
            ("CFAssociations", 1, "originNodeURI"),
            (2, "CFAssociations[1]", "import-bad-association"),
        ),
        (
            ("CFAssociations", 0, "associationType"),
            (1, "CFAssociations[0]", "import-bad-association"),
        ),
        (("CFItems", 1), (2, "CFAssociations[1].originNodeURI", "import-unknown-parent")),
    ],
)
def test_what_is_missing_is_told_by_its_place(
    path: tuple[Any, ...], fault: tuple[int, str, str]
) -> None:
    assert [(row, column, cause) for row, column, _, cause in faults(_without(path))] == [fault]


def test_the_same_identifier_twice_is_a_fault() -> None:
    data = package()
    data["CFItems"].append(dict(data["CFItems"][0]))
    assert (4, "CFItems[3].identifier", uuid(1), "import-duplicate") in faults(data)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "import-not-json"),
        (b"{", "import-not-json"),
        (b"\xff\xfe{}", "import-not-json"),
        (b"[" * 100_000, "import-not-json"),
        (b'{"a":' * 100_000, "import-not-json"),
        (b"null", "import-no-document"),
        (b'"text"', "import-no-document"),
        (b"{}", "import-no-document"),
        (b'{"CFDocument": []}', "import-no-document"),
        (b'{"CFDocument": {}, "CFItems": {"a": 1}}', "import-not-a-list"),
        (b'{"CFDocument": {}, "CFAssociations": "x"}', "import-not-a-list"),
    ],
)
def test_what_is_no_package_is_told_so(data: bytes, cause: str) -> None:
    assert [found[3] for found in faults(data)] == [cause]


def test_too_many_items_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_reading, "MAX_ITEMS", 2)
    assert [found[3] for found in faults(package(3))] == ["import-too-many-rows"]


def test_a_very_deep_tree_is_a_fault_and_no_crash() -> None:
    faults = case_reading.read(json.dumps(package(3000)).encode()).faults
    assert {fault.cause for fault in faults} == {"import-too-deep"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["CFDocument", "CFItems", "CFAssociations", "identifier", "title", "extensions"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["CFDocument", "CFItems", "CFAssociations"]), JSON))
def test_no_json_breaks_the_reader(data: dict[str, Any]) -> None:
    reading = case_reading.read(json.dumps(data).encode())
    assert (reading.draft is None) is bool(reading.faults)


def links(package: dict[str, Any]) -> list[dict[str, Any]]:
    ends = ("originNodeURI", "destinationNodeURI")
    return [edge[end] for edge in package["CFAssociations"] for end in ends]


@given(frameworks())
def test_what_we_write_is_strict(draft: FrameworkDraft) -> None:
    written = case_writing.write(draft)
    document = written["CFDocument"]
    assert document["caseVersion"] == "1.1"
    assert {"identifier", "uri", "title", "creator", "lastChangeDateTime"} <= set(document)
    for item in written["CFItems"]:
        assert {"identifier", "uri", "fullStatement", "lastChangeDateTime"} <= set(item)
        assert UUID.fullmatch(item["identifier"])
        assert MOMENT.fullmatch(item["lastChangeDateTime"])
    for edge in written["CFAssociations"]:
        assert {"identifier", "uri", "associationType", "lastChangeDateTime"} <= set(edge)
    for link in links(written):
        assert {"title", "identifier", "uri"} <= set(link)
        assert all(link.values())
    children = [e for e in written["CFAssociations"] if e["associationType"] == "isChildOf"]
    assert len(children) == len(draft.items)
    names = [edge["identifier"] for edge in children]
    assert len(set(names)) == len(names)
    assert all(UUID.fullmatch(name) for name in names)
    assert None not in document.values()


def test_the_starter_package_is_strict() -> None:
    written = json.loads(STARTER_CASE)
    names = [
        entry["identifier"] for part in ("CFItems", "CFAssociations") for entry in written[part]
    ]
    assert len(set(names)) == len(names)
    assert all(UUID.fullmatch(name) for name in names)
    assert UUID.fullmatch(written["CFDocument"]["identifier"])
