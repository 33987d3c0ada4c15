"""The life of a version on pages: review by a second person, differences, retiring."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import comparing, lifecycle, queries
from lms.catalogue.forms import RemarksForm, RetireForm, SendForm
from lms.catalogue.management import draft_page
from lms.catalogue.models import CourseVersion
from lms.catalogue.permissions import access_course_version
from lms.catalogue.views import bp
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission, allowed
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes
from lms.web.messages import sentence

_EDIT = Permission.CATALOGUE_COURSE_EDIT
_REVIEW = Permission.CATALOGUE_COURSE_REVIEW


def _version(public_id: str) -> CourseVersion:
    return access_course_version(public_id, current_actor(), _EDIT)


def _reviewed(public_id: str) -> CourseVersion:
    return access_course_version(public_id, current_actor(), _REVIEW)


def _to_draft(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("catalogue.draft", public_id=public_id))


@bp.post("/manage/courses/<public_id>/versions")
@requires(_EDIT)
def begin_version(public_id: str) -> ResponseReturnValue:
    """Begin a new draft from a version; the draft that is there already, when there is one."""
    version = _version(public_id)
    course_id = version.course_id
    try:
        with transaction():
            draft_id = lifecycle.begin(version, by=current_user_id()).public_id
    except Conflict as refusal:
        standing = queries.open_of(course_id)
        if refusal.code != "course-has-draft" or standing is None:
            raise
        flash(_("A new version is being written already. This is it."), "info")
        return _to_draft(standing.public_id)
    flash(_("The new version begins as a draft. Offerings keep the version they have."), "success")
    return _to_draft(draft_id)


@bp.post("/manage/courses/<public_id>/review")
@requires(_EDIT)
@takes(SendForm)
def send_to_review(public_id: str) -> ResponseReturnValue:
    """Give the draft to a second person."""
    version, form = _version(public_id), SendForm()
    if not form.validate_on_submit():
        return draft_page(version, sending=form), INVALID_ANSWER
    try:
        with transaction():
            note = form.note.data or ""
            lifecycle.send(version, note, by=current_user_id(), now=clock.now())
    except Invalid as unfit:
        form.form_errors.append(sentence(unfit.code))
        return draft_page(_version(public_id), sending=form), INVALID_ANSWER
    flash(_("The draft is in review. Who may publish it is told by mail."), "success")
    return _to_draft(public_id)


@bp.post("/manage/courses/<public_id>/take-back")
@requires(_EDIT)
def take_back(public_id: str) -> ResponseReturnValue:
    """Go on writing."""
    version = _version(public_id)
    with transaction():
        lifecycle.take_back(version, by=current_user_id(), now=clock.now())
    flash(_("The draft is yours again."), "success")
    return _to_draft(public_id)


@bp.post("/manage/courses/<public_id>/return")
@requires(_REVIEW)
@takes(RemarksForm)
def return_draft(public_id: str) -> ResponseReturnValue:
    """Give the draft back with remarks."""
    version, form = _reviewed(public_id), RemarksForm()
    if not form.validate_on_submit():
        return draft_page(version, remarks=form), INVALID_ANSWER
    try:
        with transaction():
            remarks = form.remarks.data or ""
            lifecycle.give_back(version, remarks, by=current_user_id(), now=clock.now())
    except Invalid as refusal:
        form.apply(refusal)
        return draft_page(_reviewed(public_id), remarks=form), INVALID_ANSWER
    flash(_("The draft is returned with your remarks."), "success")
    if not allowed(current_actor(), _EDIT, queries.course_version(public_id)):
        return redirect(url_for("people.desk"))  # who stands in sees it no more
    return _to_draft(public_id)


@bp.post("/manage/courses/<public_id>/publish")
@requires(_REVIEW)
def publish(public_id: str) -> ResponseReturnValue:
    """Put the reviewed version into the catalogue."""
    version = _reviewed(public_id)
    try:
        with transaction():
            lifecycle.publish(version, by=current_user_id(), now=clock.now())
    except Invalid as unfit:
        flash(sentence(unfit.code), "error")
        return _to_draft(public_id)
    flash(_("The course is published."), "success")
    return redirect(url_for("catalogue.course", public_id=public_id))


@bp.route("/manage/courses/<public_id>/retire", methods=["GET", "POST"])
@requires(_EDIT)
@takes(RetireForm)
def retire(public_id: str) -> ResponseReturnValue:
    """Say what retiring means, then offer the course no more."""
    version, form = _version(public_id), RetireForm()
    if form.validate_on_submit():
        try:
            with transaction():
                reason = form.reason.data or ""
                lifecycle.retire(version, reason, by=current_user_id(), now=clock.now())
        except Invalid as refusal:
            form.apply(refusal)
            version = _version(public_id)
        else:
            flash(_("The course is no longer offered. What runs goes on."), "success")
            return _to_draft(public_id)
    return render_template(
        "catalogue/retire.html",
        version=version,
        offerings=queries.offerings_of(version),
        form=form,
    ), (INVALID_ANSWER if form.is_submitted() else 200)


@bp.post("/manage/courses/<public_id>/bring-back")
@requires(_EDIT)
def bring_back(public_id: str) -> ResponseReturnValue:
    """Offer a retired version again."""
    version = _version(public_id)
    with transaction():
        lifecycle.bring_back(version, by=current_user_id(), now=clock.now())
    flash(_("The course is in the catalogue again."), "success")
    return _to_draft(public_id)


@bp.get("/manage/courses/<public_id>/difference")
@requires(_REVIEW)
def difference(public_id: str) -> ResponseReturnValue:
    """What a version says otherwise than the one before it."""
    version = _reviewed(public_id)
    older = queries.predecessor(version)
    lines = comparing.lines(older, version) if older else []
    return render_template(
        "catalogue/difference.html",
        version=version,
        older=older,
        changed=[line for line in lines if line.changed],
        same=[line for line in lines if not line.changed],
    )
