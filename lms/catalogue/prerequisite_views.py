"""What a draft asks for beforehand, and on the course page whether the reader has it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import prerequisites
from lms.catalogue.management import draft_page
from lms.catalogue.models import CourseVersion
from lms.catalogue.permissions import access_course_version
from lms.catalogue.prerequisite_form import (
    PrerequisiteForm,
    RemovePrerequisiteForm,
    prerequisite_form,
)
from lms.catalogue.views import bp
from lms.catalogue.wording import asked_words
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission
from lms.people import queries as people_queries
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

_EDIT = Permission.CATALOGUE_COURSE_EDIT


@bp.post("/manage/courses/<public_id>/prerequisites")
@requires(_EDIT)
@takes(PrerequisiteForm)
def add_prerequisite(public_id: str) -> ResponseReturnValue:
    """Ask for one thing more."""
    version = access_course_version(public_id, current_actor(), _EDIT)
    form = prerequisite_form(version)
    if form.validate_on_submit():
        try:
            with transaction():
                prerequisites.add(version, form.asked(), by=current_user_id())
        except Invalid as refusal:
            form.apply(refusal)
        except Conflict as refusal:
            if refusal.code != "prerequisite-already":
                raise
            form.apply(Invalid(fields={"key": refusal.code}))
        else:
            flash(_("The prerequisite is added."), "success")
            return redirect(url_for("catalogue.draft", public_id=public_id))
    version = access_course_version(public_id, current_actor(), _EDIT)
    return draft_page(version, asking=form), INVALID_ANSWER


@bp.post("/manage/courses/<public_id>/prerequisites/remove")
@requires(_EDIT)
@takes(RemovePrerequisiteForm)
def remove_prerequisite(public_id: str) -> ResponseReturnValue:
    """Ask for it no more."""
    version = access_course_version(public_id, current_actor(), _EDIT)
    form = RemovePrerequisiteForm()
    form.insist()
    with transaction():
        prerequisites.remove(version, form.line.data or "", by=current_user_id())
    flash(_("The prerequisite is removed."), "success")
    return redirect(url_for("catalogue.draft", public_id=public_id))


def block(version: CourseVersion) -> str:
    """What is asked for, with met or not met for somebody signed in; empty when nothing is."""
    user_id = current_actor().user_id
    user = people_queries.user_by_id(user_id) if user_id is not None else None
    checked = prerequisites.for_page(version, user, clock.now())
    if not checked:
        return ""
    return render_template(
        "catalogue/_prerequisites.html", checked=checked, words=asked_words, asked_about=user
    )


def add_panels() -> None:
    """Show it on the page of a course and before somebody enrols."""
    panels.add("catalogue.course", block)
    panels.add("enrolment.enrol", block)
