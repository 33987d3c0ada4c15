"""Programmes for everybody, with one's own progress."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lms.kernel.permissions import Permission, Role, allowed
from lms.programmes import queries
from lms.programmes.permissions import see_programme
from lms.programmes.wording import AWARDS, STATES, asked_words
from lms.web import panels
from lms.web.auth_guard import current_actor, public

bp = Blueprint("programmes", __name__)


@bp.get("/programmes")
@public
def listed() -> ResponseReturnValue:
    """Programmes that lead to a postgraduate award."""
    return render_template(
        "programmes/programmes.html", programmes=queries.published(), awards=AWARDS
    )


@bp.get("/programmes/<public_id>")
@public
def programme(public_id: str) -> ResponseReturnValue:
    """One programme: its groups and courses, what each asks for, and how far one has come."""
    actor = current_actor()
    found = queries.plan(see_programme(public_id, actor))
    progress = queries.progress_of(found, actor.user_id) if actor.user_id else None
    return render_template(
        "programmes/programme.html",
        programme=found.programme,
        versions=found.versions,
        progress=progress,
        may_edit=allowed(actor, Permission.PROGRAMMES_PROGRAMME_EDIT, found.programme),
        awards=AWARDS,
        asked_words=asked_words,
    )


def _manage_panel() -> str:
    paths = current_actor().paths(Role.COURSE_MANAGER)
    return render_template(
        "programmes/_manage_panel.html",
        programmes=queries.of_providers(paths),
        states=STATES,
        awards=AWARDS,
    )


def add_panels() -> None:
    """Add to the page on which courses are managed."""
    panels.add("catalogue.manage", _manage_panel)
