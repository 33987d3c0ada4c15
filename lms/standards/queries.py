"""Reads of frameworks."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.db import db
from lms.kernel.errors import NotFound
from lms.people.models import Organisation, User
from lms.standards.draft import AssociationDraft, FrameworkDraft, ItemDraft
from lms.standards.models import Association, Framework, ImportRun, Item


@dataclass
class Node:
    """An item with those below it, in reading order."""

    item: Item
    children: list["Node"] = field(default_factory=list)


def frameworks() -> list[Framework]:
    """The newest revision of each framework, by code."""
    newest = select(Framework.identifier, func.max(Framework.revision).label("revision"))
    newest_rows = newest.group_by(Framework.identifier).subquery()
    query = select(Framework).join(
        newest_rows,
        (Framework.identifier == newest_rows.c.identifier)
        & (Framework.revision == newest_rows.c.revision),
    )
    return list(db.session.scalars(query.order_by(Framework.code, Framework.id)))


def framework_by_public_id(public_id: str) -> Framework:
    """A framework; raises NotFound."""
    found = db.session.scalar(select(Framework).where(Framework.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def framework_by_id(framework_id: int) -> Framework:
    """A framework by internal id."""
    return db.session.scalars(select(Framework).where(Framework.id == framework_id)).one()


def newest_revision(identifier: str) -> Framework | None:
    """The newest stored revision of a document identifier."""
    query = select(Framework).where(Framework.identifier == identifier)
    return db.session.scalar(query.order_by(Framework.revision.desc()).limit(1))


def newest_by_code(code: str) -> Framework | None:
    """The newest revision of the framework with a code."""
    query = select(Framework).where(Framework.code == code)
    return db.session.scalar(
        query.order_by(Framework.changed_at.desc(), Framework.revision.desc()).limit(1)
    )


def run_by_public_id(public_id: str) -> ImportRun:
    """A checked file; raises NotFound."""
    found = db.session.scalar(select(ImportRun).where(ImportRun.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def home_of(run: ImportRun) -> str | None:
    """The path of the organisation of whoever checked a file."""
    query = (
        select(Organisation.path)
        .join(User, User.organisation_id == Organisation.id)
        .where(User.id == run.user_id)
    )
    return db.session.scalar(query)


def items_of(framework: Framework) -> list[Item]:
    """All items in reading order."""
    query = select(Item).where(Item.framework_id == framework.id)
    return list(db.session.scalars(query.order_by(Item.position, Item.id)))


def items_by_code(framework: Framework) -> dict[str, Item]:
    """The framework's items by code (unique within our own frameworks)."""
    return {item.code: item for item in items_of(framework)}


def units() -> list[Item]:
    """The units of all frameworks, by code."""
    query = select(Item).where(Item.kind == "Unit")
    return list(db.session.scalars(query.order_by(Item.code, Item.id)))


def item_by_id(item_id: int) -> Item:
    """An item with its framework."""
    query = select(Item).options(joinedload(Item.framework)).where(Item.id == item_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def levels_of(framework_id: int) -> list[Item]:
    """The framework's scale, lowest first."""
    query = select(Item).where(Item.framework_id == framework_id, Item.kind == "Level")
    return list(db.session.scalars(query.order_by(Item.rank, Item.id)))


def level_labels(framework_id: int) -> dict[int, dict[str, str]]:
    """The names of the levels by rank."""
    return {level.rank or 0: level.statements for level in levels_of(framework_id)}


def tree_of(framework: Framework) -> list[Node]:
    """The domains with all below them; levels are left out (two statements in all)."""
    nodes = {item.identifier: Node(item) for item in items_of(framework) if item.kind != "Level"}
    roots: list[Node] = []
    for node in nodes.values():
        parents = node.item.extra.get("parents") or [framework.identifier]
        above = nodes.get(parents[0])
        (above.children if above else roots).append(node)
    return roots


def draft_of(framework: Framework) -> FrameworkDraft:
    """The framework as it was read, for export."""
    edges = db.session.scalars(
        select(Association).where(Association.framework_id == framework.id).order_by(Association.id)
    )
    return FrameworkDraft(
        identifier=framework.identifier,
        uri=framework.uri,
        code=framework.code,
        titles=framework.titles,
        version=framework.version,
        language=framework.language,
        changed_at=framework.changed_at,
        properties=framework.properties,
        items=tuple(_item_draft(item) for item in items_of(framework)),
        associations=tuple(
            AssociationDraft(
                identifier=edge.identifier,
                kind=edge.kind,
                origin=edge.origin_identifier,
                destination=edge.destination_identifier,
                destination_node=edge.destination,
                sequence=edge.sequence,
                extra=edge.extra,
            )
            for edge in edges
        ),
    )


def _item_draft(item: Item) -> ItemDraft:
    return ItemDraft(
        identifier=item.identifier,
        uri=item.uri,
        code=item.code,
        kind=item.kind,
        statements=item.statements,
        rank=item.rank,
        parents=tuple(item.extra.get("parents", ())),
        extra=item.extra.get("case", {}),
    )
