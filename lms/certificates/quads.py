"""The canonical N-Quads (RDFC-1.0) of documents of our own shape, written from a table of terms.

General JSON-LD expands, compacts and permutes for ten milliseconds to say what a table says at
once. The table is closed: what it does not name is refused, so nothing can stay outside a
signature unseen. A browser reads the same table to check without uploading.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lms import paths

TABLE = paths.STATIC / "js" / "check" / "terms.json"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_ADDRESS = re.compile(r"(?:[Hh][Tt][Tt][Pp][Ss]?://|did:web:)[!#-;=?-\[\]_a-z~]+", re.ASCII)
# Canonical forms disagree about control characters; halves of a pair have no UTF-8.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'})

_MOST = 10_000

Quad = tuple[str, str, str]


class Unfit(ValueError):
    """Not of our shape: something in it is not in the table."""


class Alike(ValueError):
    """Of our shape, but two nodes without a name are alike: this needs the general algorithm."""


@dataclass
class _Graph:
    """Triples found so far. A node without a name stands in them as ``_:`` and its number."""

    quads: set[Quad] = field(default_factory=set)
    unnamed: int = 0

    def name(self) -> str:
        self.unnamed += 1
        return f"_:{self.unnamed}"


@cache
def _table() -> dict[str, Any]:
    nodes: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    return nodes


def canonical(document: dict[str, Any]) -> str:
    """The sorted quads of a credential, a status list, or the options of a proof.

    Anybody's document may be asked about: the table has no circle, and the work is in proportion
    to the length.

    Raises:
        Unfit: it is none of these.
        Alike: it needs more than first-degree hashes.

    """
    graph = _Graph()
    members = {name: value for name, value in document.items() if name != "@context"}
    _node(graph, _root(document), members)
    labels = _labels(graph.quads, graph.unnamed)
    lines = (_line(quad, labels) for quad in graph.quads)
    return "".join(sorted(lines))


def _root(document: dict[str, Any]) -> dict[str, Any]:
    for node in _table().values():
        if "contexts" in node and node["type"] == document.get("type"):
            if document.get("@context") in node["contexts"]:
                return dict(node)
            break
    raise Unfit("no document of ours")


def _node(graph: _Graph, rule: dict[str, Any], members: object) -> str:
    """Add a node with all below it; returns how others refer to it."""
    if not isinstance(members, dict) or not members:
        raise Unfit("no node")
    if ("id" in members) is not rule["named"] or ("type" in members) is not ("type" in rule):
        raise Unfit("named or typed against the table")
    if members.get("type") != rule.get("type"):
        raise Unfit("another kind of node")
    subject = _address(members["id"]) if rule["named"] else graph.name()
    graph.quads.update((subject, _TYPE, f"<{each}>") for each in rule.get("types", ()))
    for name, value in members.items():
        if name not in {"id", "type"}:
            if name not in rule["members"]:
                raise Unfit(f"{name} is not in the table")
            _member(graph, subject, rule["members"][name], value)
    return subject


def _member(graph: _Graph, subject: str, term: dict[str, Any], value: object) -> None:
    several = term["kind"] == "nodes"
    if several and not (isinstance(value, list) and value):
        raise Unfit("nodes stand in an array")
    for each in value if several and isinstance(value, list) else [value]:
        graph.quads.add((subject, f"<{term['iri']}>", _object(graph, term, each)))


def _object(graph: _Graph, term: dict[str, Any], value: object) -> str:
    kind = term["kind"]
    if kind in {"node", "nodes"}:
        return _node(graph, _table()[term["node"]], value)
    if kind == "address":
        return _address(value)
    if kind == "word" and isinstance(value, str) and value in term["words"]:
        return f"<{term['words'][value]}>"
    if kind == "true" and value is True:
        return f'"true"^^<{term["datatype"]}>'
    if kind == "number":
        return f'"{_number(value)}"^^<{term["datatype"]}>'
    if kind == "text":
        return _literal(value, term.get("datatype"))
    raise Unfit("a value that the table does not allow")


def _address(value: object) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise Unfit("no absolute address")
    return f"<{value}>"


def _number(value: object) -> str:
    """As JSON-LD writes it: a whole number as it is, any other as a double.

    Below ten thousand, with two decimals at most; 30.0 is refused, which JSON does not tell from
    30 everywhere.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        raise Unfit("no number")
    if isinstance(value, int):
        return str(value)
    if value == int(value) or value != round(value, 2):
        raise Unfit("no number of two decimals")
    digits, exponent = f"{value:.15E}".split("E")
    whole, _, rest = digits.partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}E{int(exponent)}"


def _literal(value: object, datatype: str | None) -> str:
    if not isinstance(value, str) or _UNWRITABLE.search(value):
        raise Unfit("no text")
    quoted = f'"{value.translate(_ESCAPES)}"'
    return quoted if datatype is None else f"{quoted}^^<{datatype}>"


def _labels(quads: set[Quad], unnamed: int) -> dict[str, str]:
    """Canonical labels: nodes without a name in the order of the hashes of their own quads."""
    near: dict[str, list[Quad]] = {f"_:{number}": [] for number in range(1, unnamed + 1)}
    for quad in quads:
        for end in {quad[0], quad[2]} & near.keys():
            near[end].append(quad)
    hashed = {}
    for name, mentions in near.items():
        marks = {end: "_:z" for quad in mentions for end in (quad[0], quad[2]) if end in near}
        marks[name] = "_:a"
        text = "".join(sorted(_line(quad, marks) for quad in mentions))
        hashed[hashlib.sha256(text.encode()).hexdigest()] = name
    if len(hashed) != unnamed:
        raise Alike("two nodes without a name are alike")
    return {hashed[digest]: f"_:c14n{place}" for place, digest in enumerate(sorted(hashed))}


def _line(quad: Quad, labels: dict[str, str]) -> str:
    subject, predicate, value = quad
    return f"{labels.get(subject, subject)} {predicate} {labels.get(value, value)} .\n"
