"""Verbs of designs: draw, change, publish by a second person, choose for a kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.audit import service as audit
from lms.config import Settings
from lms.db import db, lock, unique_or
from lms.designs import queries, rules
from lms.designs.models import KINDS, Design, DesignUse, DesignVersion, State
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Organisation
from lms.printing import artwork, shipped
from lms.printing.design import Design as Printable
from lms.printing.design_rules import Fault
from lms.printing.values import Room


@dataclass(frozen=True)
class Look:
    """How a draft is to look."""

    html: str
    css: str
    underlay: str
    landscape: bool
    room: Room

    @classmethod
    def of(cls, design: Printable) -> "Look":
        """That of a design that there is."""
        return cls(design.html, design.css, design.underlay, design.landscape, design.room)

    @property
    def printable(self) -> Printable:
        """As the press takes it."""
        return Printable(self.html, self.css, self.underlay, self.landscape, self.room)


class FaultyDesign(Invalid):
    """A design that does not keep the rules, or that does not hold what it has to."""

    def __init__(self, found: dict[Fault, str]) -> None:
        """``found`` names the specimen that showed each fault."""
        super().__init__("design-faulty")
        self.found = found


def begin(provider: Organisation, name: str, look: Look, *, by: int, now: datetime) -> Design:
    """Begin a design from how another looks; raises Conflict when the name is taken."""
    called = " ".join(name.split())
    if not called:
        raise Invalid(fields={"name": "design-name-missing"})
    with unique_or("design-name-taken"):
        design = Design(provider_id=provider.id, name=called)
        db.session.add(design)
    db.session.refresh(design, ["provider"])
    _add(design, 1, look, by=by, now=now)
    audit.record(by, "designs.begun", design, name=called)
    return design


def draw_again(design: Design, *, by: int, now: datetime) -> DesignVersion:
    """Begin a new version from the last one; raises Conflict when one is being drawn."""
    last = queries.versions_of(design)[0]
    if last.state == State.DRAFT.value:
        raise Conflict("design-draft-there")
    with unique_or("design-draft-there"):
        draft = _add(design, last.number + 1, Look.of(queries.printable(last)), by=by, now=now)
    audit.record(by, "designs.drawn_again", design, version=draft.number)
    return draft


def _add(design: Design, number: int, look: Look, *, by: int, now: datetime) -> DesignVersion:
    draft = DesignVersion(
        design_id=design.id, number=number, drafted_by_id=by, changed_at=now, html="", css=""
    )
    _put(draft, look)
    db.session.add(draft)
    db.session.flush()
    return draft


def _put(draft: DesignVersion, look: Look) -> None:
    draft.html, draft.css = look.html, look.css
    draft.underlay, draft.landscape = look.underlay, look.landscape
    draft.lines, draft.dense, draft.across = look.room.lines, look.room.dense, look.room.across


def change(draft: DesignVersion, look: Look, *, seen: int, by: int, now: datetime) -> None:
    """Save a draft, faulty or not; whoever changed it last is not who publishes it.

    Raises Conflict when it is published, or was changed by somebody since it was ``seen``.
    """
    lock(draft)
    if draft.state != State.DRAFT.value:
        raise Conflict("design-published")
    if draft.row_version != seen:
        raise Conflict("stale")
    if look.underlay and look.underlay not in artwork.SHEETS:
        raise Invalid(fields={"underlay": "invalid"})
    _put(draft, look)
    draft.drafted_by_id, draft.changed_at = by, now
    draft.row_version += 1
    db.session.flush()
    digest = look.printable.digest
    audit.record(by, "designs.changed", draft.design, digest=digest)


def set_specimens(draft: DesignVersion, *, settings: Settings, by: int, now: datetime) -> None:
    """Find what keeps a draft from being published, outside of any transaction: it takes seconds.

    It is kept, so that publishing need not wait. What has been read so far is read anew after it.
    Raises Conflict for whoever may not publish it anyway, before anything is set.
    """
    _check_publisher(draft, by)
    issuer, look = draft.design.provider.name, queries.printable(draft)
    db.session.rollback()  # a reader who does nothing for so long is shown the door
    rules.faults(look, issuer=issuer, host=settings.host, now=now)


def faults_of(draft: DesignVersion, *, settings: Settings, now: datetime) -> dict[Fault, str]:
    """All that keeps a draft from being published."""
    issuer = draft.design.provider.name
    return rules.faults(queries.printable(draft), issuer=issuer, host=settings.host, now=now)


def publish(draft: DesignVersion, *, settings: Settings, by: int, now: datetime) -> None:
    """Publish a draft for good: it can be chosen from now on.

    Raises Conflict for whoever changed it last, FaultyDesign with all that is wrong.
    """
    lock(draft)
    _check_publisher(draft, by)
    printable = queries.printable(draft)
    found = faults_of(draft, settings=settings, now=now)
    if found:
        raise FaultyDesign(found)
    draft.state = State.PUBLISHED.value
    draft.published_by_id, draft.published_at = by, now
    db.session.flush()
    audit.record(
        by,
        "designs.published",
        draft.design,
        sealed=True,
        version=draft.number,
        digest=printable.digest,
    )


def _check_publisher(draft: DesignVersion, by: int) -> None:
    if draft.state != State.DRAFT.value:
        raise Conflict("design-published")
    if draft.drafted_by_id == by:
        raise Conflict("design-second-person")


def choose(provider: Organisation, kind: str, key: str, *, by: int) -> None:
    """Print the certificates of a kind in a design from now on; those issued keep theirs.

    ``key`` is a shipped design's name, or the id of a published version of the provider.
    """
    if kind not in KINDS:
        raise Invalid(fields={"kind": "invalid"})
    chosen = None
    if key not in shipped.NAMES:
        chosen = next(
            (one for one in queries.published_of(provider.id) if one.public_id == key), None
        )
        if chosen is None:
            raise Invalid(fields={kind: "invalid"})
    use = db.session.scalar(
        select(DesignUse)
        .where(DesignUse.provider_id == provider.id, DesignUse.kind == kind)
        .with_for_update()
    )
    if use is None:
        use = DesignUse(provider_id=provider.id, kind=kind)
    use.shipped = None if chosen else key
    use.version_id = chosen.id if chosen else None
    with unique_or("design-choice-raced"):
        db.session.add(use)
    name = chosen.design.name if chosen else key
    audit.record(by, "designs.chosen", provider, sealed=True, kind=kind, design=name)
