"""Writes a framework as a CASE 1.1 package; source: 1EdTech CASE 1.1, CFPackage."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any
from uuid import UUID, uuid5

from lms.standards.case_reading import CHILD, PROPERTIES, RANK, STATEMENTS
from lms.standards.draft import AssociationDraft, FrameworkDraft, ItemDraft

Json = dict[str, Any]


def write(draft: FrameworkDraft) -> Json:
    """The package as CASE 1.1; ``read`` of its JSON gives the same draft back."""
    changed = draft.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    titles = {draft.identifier: (draft.code, draft.uri)}
    titles |= {item.identifier: (item.code, item.uri) for item in draft.items}
    return {
        "CFDocument": _document(draft, changed),
        "CFItems": [_case_item(item, draft.language, changed) for item in draft.items],
        "CFAssociations": [
            *_child_edges(draft, titles, changed),
            *(_case_edge(edge, titles, changed) for edge in draft.associations),
        ],
    }


def _document(draft: FrameworkDraft, changed: str) -> Json:
    extensions = {"sijil:code": draft.code, STATEMENTS: draft.titles}
    document: Json = {
        "identifier": draft.identifier,
        "uri": draft.uri,
        "caseVersion": "1.1",
        "frameworkType": "Competency",
        "title": draft.titles.get(draft.language) or next(iter(draft.titles.values())),
        "language": draft.language,
        "lastChangeDateTime": changed,
        "creator": draft.properties.get("creator") or draft.code,
    }
    if draft.version:
        document["version"] = draft.version
    for ours, theirs in PROPERTIES.items():
        value = draft.properties.get(ours)
        if value:
            (extensions if ":" in theirs else document)[theirs] = value
    rest: Json = draft.properties.get("case", {})
    return document | rest | {"extensions": extensions}


def _case_item(item: ItemDraft, language: str, changed: str) -> Json:
    foreign = dict(item.extra)
    extensions: Json = {STATEMENTS: item.statements, **foreign.pop("extensions", {})}
    if item.rank is not None:
        extensions[RANK] = item.rank
    entry: Json = {
        "identifier": item.identifier,
        "uri": item.uri,
        "fullStatement": item.statements.get(language) or next(iter(item.statements.values())),
        "humanCodingScheme": item.code,
        "CFItemType": item.kind,
        "language": language,
        "lastChangeDateTime": changed,
    }
    return entry | foreign | {"extensions": extensions}


def _child_edges(
    draft: FrameworkDraft, titles: dict[str, tuple[str, str]], changed: str
) -> Iterable[Json]:
    counters: dict[str, int] = {}
    for item in draft.items:
        for parent in item.parents:
            counters[parent] = counters.get(parent, 0) + 1
            identifier = str(uuid5(UUID(int=0), f"{item.identifier} {CHILD} {parent}"))
            yield {
                "identifier": identifier,
                "uri": item.uri.replace(item.identifier, identifier),
                "associationType": CHILD,
                "sequenceNumber": counters[parent],
                "originNodeURI": _link(item.identifier, titles),
                "destinationNodeURI": _link(parent, titles),
                "lastChangeDateTime": changed,
            }


def _case_edge(edge: AssociationDraft, titles: dict[str, tuple[str, str]], changed: str) -> Json:
    written: Json = {
        "identifier": edge.identifier,
        "uri": f"urn:uuid:{edge.identifier}",
        "associationType": edge.kind,
        "originNodeURI": _link(edge.origin, titles),
        "destinationNodeURI": _link(edge.destination, titles) | edge.destination_node,
        "lastChangeDateTime": changed,
    }
    if edge.sequence is not None:
        written["sequenceNumber"] = edge.sequence
    return written | edge.extra


def _link(identifier: str, titles: dict[str, tuple[str, str]]) -> Json:
    title, uri = titles.get(identifier, (identifier, identifier))
    return {"title": title or identifier, "identifier": identifier, "uri": uri}
