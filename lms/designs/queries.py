"""Reads of designs."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, joinedload

from lms.db import db
from lms.designs.models import Design, DesignMark, DesignUse, DesignVersion, State
from lms.kernel.errors import NotFound
from lms.people.models import Organisation, OrganisationKind
from lms.printing import design as printing
from lms.printing import shipped
from lms.printing.values import Room

MOST = 200
_latest = aliased(DesignVersion)


def providers() -> list[Organisation]:
    """All who issue certificates, by name."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.PROVIDER.value)
    return list(db.session.scalars(query.order_by(Organisation.name).limit(MOST)))


def by_public_id(public_id: str) -> Design:
    """A design with its provider; raises NotFound."""
    query = select(Design).where(Design.public_id == public_id)
    found = db.session.scalar(query.options(joinedload(Design.provider)))
    if found is None:
        raise NotFound
    return found


def versions_of(design: Design) -> list[DesignVersion]:
    """The versions of a design, the latest first, with who drew and published them."""
    query = _versions(design).order_by(DesignVersion.number.desc())
    return list(db.session.scalars(query.limit(MOST)))


def _versions(design: Design) -> Select[DesignVersion]:
    return (
        select(DesignVersion)
        .where(DesignVersion.design_id == design.id)
        .options(joinedload(DesignVersion.drafted_by), joinedload(DesignVersion.published_by))
    )


def draft_of(design: Design) -> DesignVersion | None:
    """The version that may still be changed."""
    query = _versions(design).where(DesignVersion.state == State.DRAFT.value)
    return db.session.scalar(query)


def latest_of(provider_ids: list[int]) -> list[DesignVersion]:
    """The latest version of each design of some providers, by name."""
    newer = select(DesignVersion.id).where(
        DesignVersion.design_id == Design.id, DesignVersion.number > _latest.number
    )
    query = (
        select(_latest)
        .join(Design, Design.id == _latest.design_id)
        .where(Design.provider_id.in_(provider_ids), ~newer.exists())
        .options(joinedload(_latest.design), joinedload(_latest.drafted_by))
        .order_by(Design.name)
    )
    return list(db.session.scalars(query.limit(MOST)))


def published_of(provider_id: int) -> list[DesignVersion]:
    """What a provider may choose: the last published version of each of its designs."""
    newer = select(DesignVersion.id).where(
        DesignVersion.design_id == Design.id,
        DesignVersion.state == State.PUBLISHED.value,
        DesignVersion.number > _latest.number,
    )
    query = (
        select(_latest)
        .join(Design, Design.id == _latest.design_id)
        .where(
            Design.provider_id == provider_id,
            _latest.state == State.PUBLISHED.value,
            ~newer.exists(),
        )
        .options(joinedload(_latest.design))
        .order_by(Design.name)
    )
    return list(db.session.scalars(query.limit(MOST)))


def uses_of(provider_id: int) -> dict[str, str]:
    """The key of the design of each kind, where one was chosen."""
    query = select(DesignUse).where(DesignUse.provider_id == provider_id)
    rows = db.session.scalars(query.options(joinedload(DesignUse.version)))
    return {one.kind: _key(one) for one in rows}


def in_use(provider_id: int, kind: str) -> str:
    """The key of the design that certificates of a kind are printed in: ``load`` it."""
    query = select(DesignUse).where(DesignUse.provider_id == provider_id, DesignUse.kind == kind)
    found = db.session.scalar(query.options(joinedload(DesignUse.version)))
    return shipped.default_of(kind) if found is None else _key(found)


def _key(use: DesignUse) -> str:
    return use.version.public_id if use.version is not None else str(use.shipped)


@dataclass(frozen=True)
class Marks:
    """Digests of the pictures of a provider: its logo, and signatures by name."""

    logo: str
    signatures: dict[str, str]


def marks_of(provider_id: int) -> Marks:
    """The pictures that stand on certificates of a provider."""
    query = select(DesignMark).where(DesignMark.provider_id == provider_id)
    found = {one.signatory: one.digest for one in db.session.scalars(query.limit(MOST))}
    return Marks(found.pop("", ""), found)


@dataclass(frozen=True)
class Looks:
    """What certificates of a kind are printed in: the key of a design, and pictures."""

    design: str
    marks: Marks


def looks_of(provider_id: int, kind: str) -> Looks:
    """Those of a provider now."""
    return Looks(in_use(provider_id, kind), marks_of(provider_id))


def load(key: str) -> printing.Design:
    """The design of a key: of a shipped one its name, else the id of a version.

    Raises NotFound when there is none.
    """
    if key in shipped.NAMES:
        return shipped.design(key)
    return printable(version_by_public_id(key))


def version_by_public_id(public_id: str) -> DesignVersion:
    """A version with its design; raises NotFound."""
    query = select(DesignVersion).where(DesignVersion.public_id == public_id)
    found = db.session.scalar(query.options(joinedload(DesignVersion.design)))
    if found is None:
        raise NotFound
    return found


def printable(version: DesignVersion) -> printing.Design:
    """A version as the press takes it."""
    return printing.Design(
        html=version.html,
        css=version.css,
        underlay=version.underlay,
        landscape=version.landscape,
        room=Room(version.lines, version.dense, version.across),
    )
