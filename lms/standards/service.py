"""Verbs over frameworks: check a file, take it over."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import insert

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel.errors import Conflict, DomainError, Fault
from lms.standards import case_reading, csv_table, queries
from lms.standards.draft import FrameworkDraft, Reading
from lms.standards.models import Association, Framework, ImportRun, Item


class FaultyFile(DomainError):
    """A file that was not taken over; ``faults`` say where and why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("import-faulty")
        self.faults = faults


def read_file(data: bytes) -> Reading:
    """Read a framework file, CASE JSON or CSV, told apart by its first character."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return case_reading.read(data)
    return csv_table.read(data)


def check(data: bytes, file_name: str, digest: str, *, by: int | None) -> ImportRun:
    """Dry run: record what the file would bring and every fault; nothing else is saved."""
    reading = read_file(data)
    run = ImportRun(
        file_name=file_name,
        digest=digest,
        faults=[_fault_row(f, "fault") for f in reading.faults]
        + [_fault_row(f, "warning") for f in reading.warnings],
        counts=reading.draft.counts() if reading.draft else {},
        user_id=by,
    )
    db.session.add(run)
    db.session.flush()
    audit.record(by, "standards.import.checked", run, faults=len(reading.faults))
    return run


def _fault_row(fault: Fault, weight: str) -> dict[str, Any]:
    return asdict(fault) | {"weight": weight}


def take_over(run: ImportRun, data: bytes, *, by: int | None) -> Framework:
    """Import the checked file of a run; raises FaultyFile, or Conflict when done already."""
    if run.framework_id is not None:
        raise Conflict("import-done-already")
    framework, _ = import_file(data, by=by)
    run.framework_id = framework.id
    db.session.flush()
    audit.record(by, "standards.import.taken_over", run, framework=framework.public_id)
    return framework


def import_file(data: bytes, *, by: int | None) -> tuple[Framework, bool]:
    """Import a framework; the flag tells whether anything new was stored.

    The same identifier with the same or an older date changes nothing; a newer one becomes the
    next revision, and the older stays for what was judged by it. Raises FaultyFile.
    """
    reading = read_file(data)
    if reading.draft is None:
        raise FaultyFile(reading.faults)
    draft = reading.draft
    newest = queries.newest_revision(draft.identifier)
    if newest is not None and newest.changed_at >= draft.changed_at:
        return newest, False
    framework = _store(draft, (newest.revision + 1) if newest else 1, by)
    audit.record(
        by, "standards.framework.imported", framework, code=draft.code, counts=draft.counts()
    )
    return framework, True


def _store(draft: FrameworkDraft, revision: int, by: int | None) -> Framework:
    framework = Framework(
        identifier=draft.identifier,
        revision=revision,
        uri=draft.uri,
        code=draft.code[:64],
        titles=draft.titles,
        version=draft.version,
        language=draft.language,
        changed_at=draft.changed_at,
        properties=draft.properties,
        imported_by_id=by,
    )
    with unique_or("import-raced"):
        db.session.add(framework)
    _store_items(framework, draft)
    return framework


def _store_items(framework: Framework, draft: FrameworkDraft) -> None:
    items = [
        {
            "framework_id": framework.id,
            "identifier": item.identifier,
            "uri": item.uri,
            "code": item.code,
            "kind": item.kind,
            "statements": item.statements,
            "rank": item.rank,
            "position": position,
            "extra": {"parents": list(item.parents), "case": item.extra},
        }
        for position, item in enumerate(draft.items)
    ]
    edges = [
        {
            "framework_id": framework.id,
            "identifier": edge.identifier,
            "kind": edge.kind,
            "origin_identifier": edge.origin,
            "destination_identifier": edge.destination,
            "destination": edge.destination_node,
            "sequence": edge.sequence,
            "extra": edge.extra,
        }
        for edge in draft.associations
    ]
    if items:
        db.session.execute(insert(Item), items)
    if edges:
        db.session.execute(insert(Association), edges)
