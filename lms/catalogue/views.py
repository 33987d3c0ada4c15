"""The public catalogue, and the desk on which course managers build courses and offerings."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.audit import history
from lms.catalogue import browsing, queries, reviewing, showing, stocks
from lms.catalogue.filters import Filters, read
from lms.catalogue.forms import (
    CERTIFICATE_LABELS,
    KIND_LABELS,
    LANGUAGE_LABELS,
    MODE_LABELS,
    ROLE_LABELS,
)
from lms.catalogue.models import CourseVersion, Offering
from lms.catalogue.permissions import access_course_version, access_offering
from lms.catalogue.showing import Card
from lms.kernel import clock
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, Role, allowed
from lms.people.models import User
from lms.standards import queries as standards_queries
from lms.web import exports, i18n, panels, shelf
from lms.web.auth_guard import current_actor, public, requires

bp = Blueprint("catalogue", __name__)
bp.after_request(shelf.note_change)


@bp.get("/")
@public
@shelf.for_strangers
def courses() -> ResponseReturnValue:
    """Published courses, as searched and filtered."""
    now = clock.now()
    filters = read(request.args, LANGUAGE_LABELS)
    if exports.wanted():
        everything = browsing.catalogue(
            filters, page=1, language=i18n.code(), now=now, size=exports.MOST
        )
        return exports.answer(showing.listing(everything.page.rows))
    page = page_number(request.args.get("page"))
    return shelf.main_for_all(
        "catalogue/courses.html",
        lambda: _listed(filters, page, now),
        kind="manages" if _manages() else "",
    )


def _listed(filters: Filters, page: int, now: datetime) -> dict[str, object]:
    # Whatever is asked for, it is asked of the same courses.
    there = browsing.Read(
        shelf.value_for_all("catalogue", lambda: stocks.ahead(now)),
        # Whoever searches looks at further pages, and adds filters: the words stay the same.
        shelf.value_for_all(f"near {filters.q}", lambda: browsing.nearness(filters.q)),
    )
    found = browsing.catalogue(filters, page=page, language=i18n.code(), now=now, read=there)
    kept: dict[Card, str] = shelf.value_for_all(f"cards in {i18n.code()}", dict)
    return {
        "found": found,
        "cards": showing.cards(found.page.rows, kept, now),
        "page": found.page,
        "filters": filters,
        "chips": showing.chips(filters, found),
        "months": showing.months(now, found.last_start, filters.since, filters.until),
        "kinds": KIND_LABELS,
        "modes": MODE_LABELS,
        "languages": LANGUAGE_LABELS,
        "manages": _manages(),
        "most": browsing.MOST_IN_CALENDAR,
    }


def _manages() -> bool:
    return current_actor().holds(Role.COURSE_MANAGER)


@bp.get("/courses/<public_id>")
@public
@shelf.for_strangers
def course(public_id: str) -> ResponseReturnValue:
    """A course with its competencies and offerings."""
    actor = current_actor()
    version = access_course_version(public_id, actor)
    mappings = version.mappings
    levels = standards_queries.level_labels(mappings[0].item.framework_id) if mappings else {}
    return render_template(
        "catalogue/course.html",
        version=version,
        levels=levels,
        offerings=queries.offerings_of(version),
        newer=queries.newer_than(version),
        running=queries.older_running(version, clock.today(version.course.provider.timezone)),
        may_edit=allowed(actor, Permission.CATALOGUE_COURSE_EDIT, version),
        kinds=KIND_LABELS,
        modes=MODE_LABELS,
        certificates=CERTIFICATE_LABELS,
        roles=ROLE_LABELS,
        now=clock.now(),
    )


@bp.get("/offerings/<public_id>")
@requires(Permission.CATALOGUE_OFFERING_TEACH)
def offering(public_id: str) -> ResponseReturnValue:
    """The offering desk: seats; features above add roster, marking and certificates."""
    actor = current_actor()
    found = access_offering(public_id, actor, Permission.CATALOGUE_OFFERING_TEACH)
    may_edit = allowed(actor, Permission.CATALOGUE_OFFERING_EDIT, found)
    return render_template(
        "catalogue/offering.html",
        offering=found,
        may_edit=may_edit,
    )


def _desk_panel(user: User) -> str:
    teaching = queries.offerings_for_staff(user.id)
    waiting = reviewing.waiting_for(current_actor())
    return render_template(
        "catalogue/_desk_panel.html", teaching=teaching, manages=_manages(), waiting=waiting
    )


def _offering_history(offering: Offering) -> str:
    return history.block(
        [("offering", offering.id)],
        manages=allowed(current_actor(), Permission.CATALOGUE_OFFERING_EDIT, offering),
        zone=offering.course_version.course.provider.timezone,
    )


def _version_history(version: CourseVersion) -> str:
    return history.block(
        [("course_version", version.id), ("course", version.course_id)],
        manages=allowed(current_actor(), Permission.CATALOGUE_COURSE_EDIT, version),
        zone=version.course.provider.timezone,
    )


def add_panels() -> None:
    """Add to the pages below, and the history to our own."""
    panels.add("catalogue.offering.end", _offering_history)
    panels.add("catalogue.draft.end", _version_history)
    panels.add("people.desk", _desk_panel)
