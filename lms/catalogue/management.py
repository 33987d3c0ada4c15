"""The desk on which course managers build courses and open offerings."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import prerequisites, queries, requirements, reviewing, service
from lms.catalogue.course_form import CourseEditForm, CourseForm, course_data
from lms.catalogue.forms import (
    CERTIFICATE_LABELS,
    KIND_LABELS,
    LANGUAGE_LABELS,
    MODE_LABELS,
    ROLE_LABELS,
    MappingForm,
    OfferingForm,
    RemarksForm,
    SendForm,
    UnmapForm,
    mapping_form,
)
from lms.catalogue.kinds import ItemRole, OfferingState
from lms.catalogue.models import CourseVersion
from lms.catalogue.permissions import access_course_version, access_offering
from lms.catalogue.prerequisite_form import PrerequisiteForm, prerequisite_form
from lms.catalogue.views import bp
from lms.catalogue.wording import asked_words
from lms.db import transaction
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission, Role, allowed
from lms.people import queries as people_queries
from lms.standards import queries as standards_queries
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, Saved, differences, takes


@bp.get("/manage/courses")
@requires(Permission.CATALOGUE_COURSE_EDIT)
def manage() -> ResponseReturnValue:
    """The manager's drafts and offerings."""
    paths = current_actor().paths(Role.COURSE_MANAGER)
    waiting = queries.in_review(paths)
    user_id = current_user_id()
    return render_template(
        "catalogue/manage.html",
        drafts=queries.drafts(paths),
        waiting=waiting,
        mine={one.id for one in waiting if reviewing.may_decide(one, user_id).ok},
        offerings=queries.offerings_under(paths),
    )


@bp.route("/manage/courses/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(CourseForm)
def new_course() -> ResponseReturnValue:
    """Write a course; it stays a draft until published."""
    form = CourseForm()
    if form.validate_on_submit():
        path = current_actor().paths(Role.COURSE_MANAGER)[0]
        try:
            with transaction():
                provider = people_queries.organisation_by_path(path)
                version = service.create_course(
                    provider,
                    (form.code.data or "").upper(),
                    form.course_kind(),
                    form.facts(),
                    by=current_user_id(),
                )
                address = url_for("catalogue.draft", public_id=version.public_id)
        except Conflict as taken:
            form.apply(Invalid(taken.code, fields={"code": taken.code}))
        else:
            flash(_("The draft is saved. Map it to competencies next."), "success")
            return redirect(address)
    status = 422 if form.is_submitted() else 200
    return render_template("catalogue/course_form.html", form=form, version=None), status


@bp.route("/manage/courses/<public_id>/edit", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(CourseEditForm)
def edit_course(public_id: str) -> ResponseReturnValue:
    """Change what a draft says; code and kind stay."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT)
    form = CourseEditForm(data=course_data(version))
    saved: list[Saved] | None = None
    status = INVALID_ANSWER if form.is_submitted() else 200
    if form.validate_on_submit():
        facts = form.facts()
        try:
            with transaction():
                service.edit_draft(version, facts, seen=form.seen, by=current_user_id())
        except Conflict as overtaken:
            if overtaken.code != "stale":
                raise
            form.overtaken(version.row_version)
            saved = differences(form, CourseEditForm(formdata=None, data=course_data(version)))
            status = 409
        else:
            flash(_("The draft is saved."), "success")
            return redirect(url_for("catalogue.draft", public_id=public_id))
    return render_template(
        "catalogue/course_form.html", form=form, version=version, saved=saved
    ), status


@bp.get("/manage/courses/<public_id>")
@requires(Permission.CATALOGUE_COURSE_REVIEW)
def draft(public_id: str) -> ResponseReturnValue:
    """A draft: facts, mapping, assessment, and what is missing before it can be published."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_REVIEW)
    return draft_page(version), 200


def draft_page(
    version: CourseVersion,
    mapping: MappingForm | None = None,
    *,
    asking: PrerequisiteForm | None = None,
    sending: SendForm | None = None,
    remarks: RemarksForm | None = None,
) -> str:
    """The page of a version for those who manage it; a form that was refused stands on it."""
    return render_template(
        "catalogue/draft.html",
        version=version,
        form=mapping or mapping_form(version),
        asking=asking or prerequisite_form(version),
        groups=requirements.grouped(prerequisites.of(version)),
        asked_words=asked_words,
        sending=sending or SendForm(formdata=None, note=version.note),
        remarks=remarks or RemarksForm(formdata=None),
        manages=allowed(current_actor(), Permission.CATALOGUE_COURSE_EDIT, version),
        verdict=reviewing.may_decide(version, current_user_id()),
        older=queries.predecessor(version),
        published=queries.published_of(version.course_id),
        kinds=KIND_LABELS,
        modes=MODE_LABELS,
        certificates=CERTIFICATE_LABELS,
        roles=ROLE_LABELS,
        languages=LANGUAGE_LABELS,
    )


@bp.post("/manage/courses/<public_id>/mapping")
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(MappingForm)
def map_item(public_id: str) -> ResponseReturnValue:
    """Map the draft to one more statement."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT)
    form = mapping_form(version)
    if not form.validate_on_submit():
        return draft_page(version, form), 422
    with transaction():
        item = standards_queries.item_by_id(form.item.data)
        role = ItemRole(form.role.data)
        service.map_item(version, item, role, form.level.data, by=current_user_id())
    flash(_("The competency is mapped."), "success")
    return redirect(url_for("catalogue.draft", public_id=public_id))


@bp.post("/manage/courses/<public_id>/mapping/remove")
@requires(Permission.CATALOGUE_COURSE_EDIT)
@takes(UnmapForm)
def unmap_item(public_id: str) -> ResponseReturnValue:
    """Take a statement out of the draft."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT)
    form = UnmapForm()
    form.insist()
    with transaction():
        mapping = next((m for m in version.mappings if m.item_id == form.item.data), None)
        if mapping is None:
            raise NotFound
        service.unmap_item(version, mapping, by=current_user_id())
    flash(_("The competency is no longer part of the draft."), "success")
    return redirect(url_for("catalogue.draft", public_id=public_id))


@bp.route("/manage/courses/<public_id>/offerings/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_OFFERING_EDIT)
@takes(OfferingForm)
def new_offering(public_id: str) -> ResponseReturnValue:
    """Add an offering of a published course."""
    version = access_course_version(public_id, current_actor(), Permission.CATALOGUE_OFFERING_EDIT)
    service.only_published(version)
    form = OfferingForm()
    if form.validate_on_submit():
        try:
            with transaction():
                facts = form.facts(version.course.provider.timezone)
                offering = service.create_offering(version, facts, by=current_user_id())
                address = url_for("catalogue.offering", public_id=offering.public_id)
        except Conflict as taken:
            form.apply(Invalid(taken.code, fields={"code": taken.code}))
        except Invalid as impossible:
            form.apply(Invalid(impossible.code, fields={"closes_on": impossible.code}))
        else:
            flash(_("The offering is saved. Open it when people may enrol."), "success")
            return redirect(address)
    status = 422 if form.is_submitted() else 200
    return render_template("catalogue/offering_form.html", form=form, version=version), status


@bp.post("/offerings/<public_id>/open")
@requires(Permission.CATALOGUE_OFFERING_EDIT)
def open_offering(public_id: str) -> ResponseReturnValue:
    """Let people enrol."""
    found = access_offering(public_id, current_actor(), Permission.CATALOGUE_OFFERING_EDIT)
    with transaction():
        service.open_offering(found, by=current_user_id())
    flash(_("The offering is open."), "success")
    return redirect(url_for("catalogue.offering", public_id=public_id))


@bp.route("/offerings/<public_id>/close", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_OFFERING_EDIT)
def close_offering(public_id: str) -> ResponseReturnValue:
    """Say what closing means and for whom, then take nobody in any more."""
    found = access_offering(public_id, current_actor(), Permission.CATALOGUE_OFFERING_EDIT)
    if request.method == "GET" and found.state != OfferingState.CLOSED:
        return render_template("catalogue/close.html", offering=found)
    if request.method == "GET":
        return redirect(url_for("catalogue.offering", public_id=public_id))
    with transaction():
        service.close_offering(found, by=current_user_id())
    flash(_("The offering is closed."), "success")
    return redirect(url_for("catalogue.offering", public_id=public_id))
