"""Reads CASE packages (JSON), leniently: 1.0, 1.1, wrapped in CFPackage, with nulls.

Source: 1EdTech Competencies and Academic Standards Exchange 1.1, CFPackage. Statements in further
languages travel in ``extensions`` of the item under ``sijil:statements``.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from lms.kernel.errors import Fault
from lms.standards.draft import (
    AssociationDraft,
    FrameworkDraft,
    ItemDraft,
    Reading,
    draft_faults,
)

MAX_ITEMS = 50_000
CHILD = "isChildOf"
STATEMENTS = "sijil:statements"
RANK = "sijil:rank"
PROPERTIES = {
    "creator": "creator",
    "publisher": "publisher",
    "licence": "sijil:licence",
    "status": "adoptionStatus",
}
Json = dict[str, Any]


def read(data: bytes) -> Reading:
    """Read a package; faults carry the JSON path in ``column`` and the item's number in ``row``."""
    try:
        package = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return Reading(None, (Fault(0, "", str(error)[:80], "import-not-json"),))
    if isinstance(package, dict) and isinstance(package.get("CFPackage"), dict):
        package = package["CFPackage"]
    faults = _shape_faults(package)
    if faults:
        return Reading(None, tuple(faults))
    draft, warnings = _draft(package)
    rows = {item.identifier: number for number, item in enumerate(draft.items, start=1)}
    faults = _reference_faults(package, rows) + draft_faults(draft, rows)
    return Reading(None if faults else draft, tuple(faults), tuple(warnings))


def _shape_faults(package: object) -> list[Fault]:
    if not isinstance(package, dict) or not isinstance(package.get("CFDocument"), dict):
        return [Fault(0, "CFDocument", "", "import-no-document")]
    items = package.get("CFItems") or []
    associations = package.get("CFAssociations") or []
    if not isinstance(items, list) or not isinstance(associations, list):
        return [Fault(0, "CFItems", "", "import-not-a-list")]
    if len(items) > MAX_ITEMS:
        return [Fault(MAX_ITEMS, "CFItems", str(len(items)), "import-too-many-rows")]
    faults = _missing(0, "CFDocument", package["CFDocument"], ("identifier", "title"))
    for number, item in enumerate(items, start=1):
        path = f"CFItems[{number - 1}]"
        faults += _missing(number, path, item, ("identifier", "fullStatement"))
    faults += [
        Fault(number, f"CFAssociations[{number - 1}]", "", "import-bad-association")
        for number, edge in enumerate(associations, start=1)
        if not _is_edge(edge)
    ]
    return faults


def _missing(row: int, path: str, entry: object, names: tuple[str, ...]) -> list[Fault]:
    stated = entry if isinstance(entry, dict) else {}
    return [
        Fault(row, f"{path}.{name}", "", "import-value-missing")
        for name in names
        if not _text(stated.get(name))
    ]


def _is_edge(edge: object) -> bool:
    return (
        isinstance(edge, dict)
        and bool(_text(edge.get("associationType")))
        and all(_node(edge.get(end)) for end in ("originNodeURI", "destinationNodeURI"))
    )


def _reference_faults(package: Json, rows: dict[str, int]) -> list[Fault]:
    faults = []
    seen: set[str] = set()
    for number, item in enumerate(package.get("CFItems") or [], start=1):
        identifier = str(item["identifier"])
        if identifier in seen:
            path = f"CFItems[{number - 1}].identifier"
            faults.append(Fault(number, path, identifier, "import-duplicate"))
        seen.add(identifier)
    edges: set[str] = set()
    for number, edge in enumerate(package.get("CFAssociations") or [], start=1):
        identifier = _text(edge.get("identifier")) or str(_edge_identifier(edge))
        if identifier in edges or len(identifier) > 64:
            path = f"CFAssociations[{number - 1}].identifier"
            faults.append(Fault(number, path, identifier[:40], "import-duplicate"))
        edges.add(identifier)
    places = {*rows, str(package["CFDocument"]["identifier"])}
    for number, edge in enumerate(package.get("CFAssociations") or [], start=1):
        origin = _node(edge["originNodeURI"])
        if edge["associationType"] == CHILD and origin not in places:
            path = f"CFAssociations[{number - 1}].originNodeURI"
            faults.append(Fault(number, path, origin, "import-unknown-parent"))
    return faults


def _draft(package: Json) -> tuple[FrameworkDraft, list[Fault]]:
    document: Json = package["CFDocument"]
    edges: list[Json] = package.get("CFAssociations") or []
    top = str(document["identifier"])
    parents: dict[str, list[str]] = {}
    for edge in edges:
        if edge["associationType"] == CHILD:
            place = _node(edge["destinationNodeURI"])
            parents.setdefault(_node(edge["originNodeURI"]), []).append(place)
    items, warnings = [], []
    for number, entry in enumerate(package.get("CFItems") or [], start=1):
        identifier = str(entry["identifier"])
        if identifier not in parents:
            warnings.append(Fault(number, "isChildOf", identifier, "import-no-parent"))
        places = tuple(parents.get(identifier, [top]))
        items.append(_item(entry, places))
    order = _order(items, edges)
    draft = FrameworkDraft(
        identifier=top,
        uri=_text(document.get("uri")) or top,
        code=_text(_extensions(document).get("sijil:code")) or _text(document["title"])[:64],
        titles=_languages(document, _text(document["title"])),
        version=_text(document.get("version")),
        language=_text(document.get("language")) or "en",
        changed_at=_moment(document.get("lastChangeDateTime")),
        properties=_properties(document),
        items=tuple(sorted(items, key=lambda item: order[item.identifier])),
        associations=tuple(
            _association(edge) for edge in edges if edge["associationType"] != CHILD
        ),
    )
    return draft, warnings


def _item(entry: Json, parents: tuple[str, ...]) -> ItemDraft:
    known = {
        "identifier", "uri", "fullStatement", "humanCodingScheme", "CFItemType",
        "language", "lastChangeDateTime", "CFDocumentURI",
    }  # fmt: skip
    return ItemDraft(
        identifier=str(entry["identifier"]),
        uri=_text(entry.get("uri")) or str(entry["identifier"]),
        code=_text(entry.get("humanCodingScheme"))[:64],
        kind=_text(entry.get("CFItemType"))[:40] or "Item",
        statements=_languages(entry, _text(entry["fullStatement"])),
        rank=_number(_extensions(entry).get(RANK, entry.get("listEnumeration"))),
        parents=parents,
        extra={
            name: value
            for name, value in entry.items()
            if name not in known
            and value is not None
            and name not in {"extensions", "listEnumeration"}
        }
        | _foreign_extensions(entry),
    )


def _order(items: list[ItemDraft], edges: list[Json]) -> dict[str, int]:
    # Reading order: depth first, children by sequenceNumber, then as they stand in the file.
    sequence = {
        _node(edge["originNodeURI"]): _number(edge.get("sequenceNumber")) or 0
        for edge in reversed(edges)
        if edge["associationType"] == CHILD
    }
    children: dict[str, list[str]] = {}
    for item in items:
        children.setdefault(item.parents[0], []).append(item.identifier)
    own = {item.identifier for item in items}
    roots = [place for place in children if place not in own]
    order: dict[str, int] = {}
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node in own and node not in order:
            order[node] = len(order)
        below = sorted(children.pop(node, []), key=lambda one: sequence.get(one, 0))
        stack.extend(reversed(below))
    for item in items:
        order.setdefault(item.identifier, len(order))
    return order


def _association(edge: Json) -> AssociationDraft:
    destination = edge["destinationNodeURI"]
    known = {
        "identifier", "uri", "associationType", "originNodeURI", "destinationNodeURI",
        "sequenceNumber", "lastChangeDateTime",
    }  # fmt: skip
    return AssociationDraft(
        identifier=_text(edge.get("identifier")) or str(_edge_identifier(edge)),
        kind=str(edge["associationType"])[:40],
        origin=_node(edge["originNodeURI"]),
        destination=_node(destination),
        destination_node=destination
        if isinstance(destination, dict)
        else {"identifier": destination},
        sequence=_number(edge.get("sequenceNumber")),
        extra={k: v for k, v in edge.items() if k not in known and v is not None},
    )


def _edge_identifier(edge: Json) -> UUID:
    ends = (_node(edge["originNodeURI"]), _node(edge["destinationNodeURI"]))
    words = f"{ends[0]} {edge['associationType']} {ends[1]}"
    return uuid5(UUID(int=0), words)


def _properties(document: Json) -> Json:
    known = {
        "identifier", "uri", "title", "version", "language", "lastChangeDateTime",
        "caseVersion", "frameworkType", "extensions", *PROPERTIES.values(),
    }  # fmt: skip
    found: Json = {}
    extensions = _extensions(document)
    for ours, theirs in PROPERTIES.items():
        value = extensions.get(theirs) if ":" in theirs else document.get(theirs)
        if _text(value):
            found[ours] = value
    rest = {k: v for k, v in document.items() if k not in known and v is not None}
    return found | ({"case": rest} if rest else {})


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _node(value: object) -> str:
    return _text(value.get("identifier")) if isinstance(value, dict) else _text(value)


def _number(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _extensions(entry: Json) -> Json:
    found = entry.get("extensions")
    return found if isinstance(found, dict) else {}


def _foreign_extensions(entry: Json) -> Json:
    foreign = {k: v for k, v in _extensions(entry).items() if k not in {STATEMENTS, RANK}}
    return {"extensions": foreign} if foreign else {}


def _languages(entry: Json, plain: str) -> dict[str, str]:
    stated = _extensions(entry).get(STATEMENTS)
    language = (_text(entry.get("language")) or "en").split("-", 1)[0].lower()
    words = {language: plain}
    if isinstance(stated, dict):
        words = {str(k): _text(v) for k, v in stated.items() if _text(v)} or words
    return words
