"""Our CSV of a framework: one row a statement, one column a language. Reads and writes.

Header: ``type,code,parent,rank,statement_en,statement_ms,statement_id,identifier``. Rows of type
``Framework`` (one, first), ``Property`` (its name in ``code``, its value in ``statement_en``),
``Level`` (``rank`` orders the scale), then domains, units, elements, criteria in reading order.
"""

import csv
import io
from datetime import UTC, datetime

from lms.kernel import csv_tables
from lms.kernel.csv_tables import Row
from lms.kernel.errors import Fault
from lms.kernel.text import LANGUAGES
from lms.standards.draft import (
    URI_BASE,
    FrameworkDraft,
    ItemDraft,
    Reading,
    draft_faults,
    identifier_for,
    is_uuid,
)

HEADER = (
    "type",
    "code",
    "parent",
    "rank",
    "statement_en",
    "statement_ms",
    "statement_id",
    "identifier",
)
ITEM_TYPES = ("Level", "Domain", "Unit", "Element", "Criterion")
PROPERTIES = ("version", "creator", "publisher", "licence", "status", "changed", "language")
MAX_ROWS = 50_000


def read(data: bytes) -> Reading:
    """Read a CSV in UTF-8 (with or without BOM) or Windows-1252; commas, semicolons or tabs."""
    table = csv_tables.read(data, HEADER, MAX_ROWS)
    rows, warnings = table.rows, table.warnings
    if table.faults:
        return Reading(None, tuple(table.faults), tuple(warnings))
    faults = _row_faults(rows)
    if faults:
        return Reading(None, tuple(faults), tuple(warnings))
    draft = _draft(rows)
    numbers = {_identifier(row): row.number for row in rows}
    faults = draft_faults(draft, numbers)
    return Reading(None if faults else draft, tuple(faults), tuple(warnings))


def write(draft: FrameworkDraft) -> str:
    """The CSV of a framework; ``read`` gives the same draft back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    titles = [draft.titles.get(language, "") for language in ("en", "ms", "id")]
    rows = [["Framework", draft.code, "", "", *titles, draft.identifier]]
    rows += [["Property", name, "", "", _property(draft, name), "", "", ""] for name in PROPERTIES]
    codes = {item.identifier: item.code for item in draft.items}
    for item in draft.items:
        parent = codes.get(item.parents[0], draft.code) if item.parents else draft.code
        rank = "" if item.rank is None else str(item.rank)
        words = [item.statements.get(language, "") for language in ("en", "ms", "id")]
        rows.append([item.kind, item.code, parent, rank, *words, item.identifier])
    writer.writerows(map(csv_tables.cell, row) for row in rows)
    return out.getvalue()


def _property(draft: FrameworkDraft, name: str) -> str:
    if name == "version":
        return draft.version
    if name == "language":
        return draft.language
    if name == "changed":
        return draft.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(draft.properties.get(name, ""))


def _row_faults(rows: list[Row]) -> list[Fault]:
    faults: list[Fault] = []
    frameworks = [row for row in rows if row.cells["type"] == "Framework"]
    if len(frameworks) != 1:
        faults.append(Fault(1, "type", str(len(frameworks)), "import-one-framework-row"))
    known = {row.cells["code"] for row in rows if row.cells["type"] != "Property"}
    seen: dict[str, set[str]] = {"code": set(), "identifier": set()}
    for row in rows:
        if row.cells["type"] == "Property":
            if row.cells["code"] not in PROPERTIES:
                faults.append(row.fault("code", "import-unknown-property"))
            elif row.cells["code"] == "changed" and _moment(row.cells["statement_en"]) is None:
                faults.append(row.fault("statement_en", "import-bad-date"))
            continue
        faults += _item_faults(row, known)
        for column, values in seen.items():
            value = row.cells[column].lower() if column == "identifier" else row.cells[column]
            if value and value in values:
                faults.append(row.fault(column, "import-duplicate"))
            values.add(value)
    return faults


def _item_faults(row: Row, known: set[str]) -> list[Fault]:
    faults = []
    cells = row.cells
    if cells["type"] not in (*ITEM_TYPES, "Framework"):
        faults.append(row.fault("type", "import-unknown-type"))
    if not cells["code"] or len(cells["code"]) > 64:
        faults.append(row.fault("code", "import-bad-code"))
    if not any(cells[f"statement_{language}"] for language in LANGUAGES):
        faults.append(row.fault("statement_en", "import-statement-missing"))
    if cells["type"] != "Framework" and cells["parent"] not in known:
        faults.append(row.fault("parent", "import-unknown-parent"))
    if cells["rank"] and not (cells["rank"].isascii() and cells["rank"].isdecimal()):
        faults.append(row.fault("rank", "import-not-a-number"))
    if cells["type"] == "Level" and not cells["rank"]:
        faults.append(row.fault("rank", "import-rank-missing"))
    if cells["identifier"] and not is_uuid(cells["identifier"]):
        faults.append(row.fault("identifier", "import-not-a-uuid"))
    return faults


def _identifier(row: Row) -> str:
    return row.cells["identifier"].lower() or identifier_for(row.cells["code"])


def _statements(row: Row) -> dict[str, str]:
    words = {language: row.cells[f"statement_{language}"] for language in LANGUAGES}
    return {language: text for language, text in words.items() if text}


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _draft(rows: list[Row]) -> FrameworkDraft:
    top = next(row for row in rows if row.cells["type"] == "Framework")
    stated = {
        row.cells["code"]: row.cells["statement_en"]
        for row in rows
        if row.cells["type"] == "Property"
    }
    places = {
        row.cells["code"]: _identifier(row) for row in rows if row.cells["type"] != "Property"
    }
    items = tuple(
        ItemDraft(
            identifier=_identifier(row),
            uri=URI_BASE + _identifier(row),
            code=row.cells["code"],
            kind=row.cells["type"],
            statements=_statements(row),
            rank=int(row.cells["rank"]) if row.cells["rank"] else None,
            parents=(places[row.cells["parent"]],),
        )
        for row in rows
        if row.cells["type"] in ITEM_TYPES
    )
    plain = {"creator", "publisher", "licence", "status"}
    return FrameworkDraft(
        identifier=_identifier(top),
        uri=URI_BASE + _identifier(top),
        code=top.cells["code"],
        titles=_statements(top),
        version=stated.get("version", ""),
        language=stated.get("language", "en"),
        changed_at=_moment(stated.get("changed", "")) or datetime(1970, 1, 1, tzinfo=UTC),
        properties={name: stated[name] for name in sorted(plain) if stated.get(name)},
        items=items,
        associations=(),
    )
