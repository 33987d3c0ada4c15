"""The public catalogue, and the desk on which course managers build courses and offerings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import queries, service
from lms.catalogue.forms import (
    CERTIFICATE_LABELS,
    KIND_LABELS,
    MODE_LABELS,
    ROLE_LABELS,
    ActionForm,
    CourseForm,
    MappingForm,
    OfferingForm,
)
from lms.catalogue.models import CourseVersion, ItemRole
from lms.catalogue.permissions import access_course_version, access_offering
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, Role, allowed
from lms.people import queries as people_queries
from lms.standards import queries as standards_queries
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.i18n import local

bp = Blueprint("catalogue", __name__)


@bp.get("/")
@public
def courses() -> ResponseReturnValue:
    """Published courses, filtered by kind and mode."""
    kind = request.args.get("kind") if request.args.get("kind") in KIND_LABELS else None
    mode = request.args.get("mode") if request.args.get("mode") in MODE_LABELS else None
    page = queries.page_of_courses(
        kind=kind, mode=mode, page=page_number(request.args.get("page")), now=clock.now()
    )
    return render_template(
        "catalogue/courses.html",
        page=page,
        kind=kind,
        mode=mode,
        kinds=KIND_LABELS,
        modes=MODE_LABELS,
        kind_counts=queries.counts_by("kind"),
        mode_counts=queries.counts_by("mode"),
        now=clock.now(),
    )


@bp.get("/courses/<public_id>")
@public
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
        may_edit=allowed(actor, Permission.CATALOGUE_COURSE_EDIT, version),
        kinds=KIND_LABELS,
        modes=MODE_LABELS,
        certificates=CERTIFICATE_LABELS,
        roles=ROLE_LABELS,
        now=clock.now(),
        form=ActionForm(),
    )


@bp.get("/programmes")
@public
def programmes() -> ResponseReturnValue:
    """Programmes that lead to a postgraduate award."""
    return render_template("catalogue/programmes.html", programmes=queries.programmes())


@bp.get("/manage/courses")
@requires(Permission.CATALOGUE_COURSE_EDIT)
def manage() -> ResponseReturnValue:
    """The manager's drafts and offerings."""
    paths = current_actor().paths(Role.COURSE_MANAGER)
    return render_template(
        "catalogue/manage.html",
        drafts=queries.drafts(paths),
        offerings=queries.offerings_under(paths),
    )


@bp.route("/manage/courses/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_COURSE_EDIT)
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
    return render_template("catalogue/course_form.html", form=form), status


@bp.get("/manage/courses/<public_id>")
@requires(Permission.CATALOGUE_COURSE_EDIT)
def draft(public_id: str) -> ResponseReturnValue:
    """A draft: facts, mapping, assessment, and what is missing before it can be published."""
    version = access_course_version(
        public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT
    )
    return _draft_page(version, mapping_form(version)), 200


def _draft_page(version: CourseVersion, form: MappingForm) -> str:
    return render_template(
        "catalogue/draft.html",
        version=version,
        form=form,
        action=ActionForm(),
        kinds=KIND_LABELS,
        modes=MODE_LABELS,
        certificates=CERTIFICATE_LABELS,
        roles=ROLE_LABELS,
    )


def mapping_form(version: CourseVersion) -> MappingForm:
    """The form with the units of all frameworks and their levels to choose from."""
    form = MappingForm()
    mapped = {mapping.item_id for mapping in version.mappings}
    choices, ranks = [], {1}
    for framework in standards_queries.frameworks():
        items = standards_queries.items_of(framework)
        ranks |= {item.rank or 1 for item in items if item.kind == "Level"}
        choices += [
            (item.id, f"{item.code} {local(item.statements)}")
            for item in items
            if item.kind == "Unit" and item.id not in mapped
        ]
    form.item.choices = choices
    form.level.choices = [(rank, str(rank)) for rank in sorted(ranks)]
    return form


@bp.post("/manage/courses/<public_id>/mapping")
@requires(Permission.CATALOGUE_COURSE_EDIT)
def map_item(public_id: str) -> ResponseReturnValue:
    """Map the draft to one more statement."""
    version = access_course_version(
        public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT
    )
    form = mapping_form(version)
    if not form.validate_on_submit():
        return _draft_page(version, form), 422
    with transaction():
        item = standards_queries.item_by_id(form.item.data)
        service.map_item(version, item, ItemRole(form.role.data), form.level.data)
    flash(_("The competency is mapped."), "success")
    return redirect(url_for("catalogue.draft", public_id=public_id))


@bp.post("/manage/courses/<public_id>/publish")
@requires(Permission.CATALOGUE_COURSE_EDIT)
def publish(public_id: str) -> ResponseReturnValue:
    """Freeze the draft and put it into the catalogue."""
    version = access_course_version(
        public_id, current_actor(), Permission.CATALOGUE_COURSE_EDIT
    )
    with transaction():
        service.publish(version, by=current_user_id(), now=clock.now())
    flash(_("The course is published."), "success")
    return redirect(url_for("catalogue.course", public_id=public_id))


@bp.route("/manage/courses/<public_id>/offerings/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_OFFERING_EDIT)
def new_offering(public_id: str) -> ResponseReturnValue:
    """Add an offering of a published course."""
    version = access_course_version(
        public_id, current_actor(), Permission.CATALOGUE_OFFERING_EDIT
    )
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


@bp.get("/offerings/<public_id>")
@requires(Permission.CATALOGUE_OFFERING_TEACH)
def offering(public_id: str) -> ResponseReturnValue:
    """The offering desk: seats, staff; features above add roster, marking and certificates."""
    actor = current_actor()
    found = access_offering(public_id, actor, Permission.CATALOGUE_OFFERING_TEACH)
    return render_template(
        "catalogue/offering.html",
        offering=found,
        staff=queries.staff_of(found),
        may_edit=allowed(actor, Permission.CATALOGUE_OFFERING_EDIT, found),
        form=ActionForm(),
    )


@bp.post("/offerings/<public_id>/open")
@requires(Permission.CATALOGUE_OFFERING_EDIT)
def open_offering(public_id: str) -> ResponseReturnValue:
    """Let people enrol."""
    found = access_offering(public_id, current_actor(), Permission.CATALOGUE_OFFERING_EDIT)
    with transaction():
        service.open_offering(found, by=current_user_id())
    flash(_("The offering is open."), "success")
    return redirect(url_for("catalogue.offering", public_id=public_id))


@bp.post("/offerings/<public_id>/close")
@requires(Permission.CATALOGUE_OFFERING_EDIT)
def close_offering(public_id: str) -> ResponseReturnValue:
    """Take nobody in any more."""
    found = access_offering(public_id, current_actor(), Permission.CATALOGUE_OFFERING_EDIT)
    with transaction():
        service.close_offering(found, by=current_user_id())
    flash(_("The offering is closed."), "success")
    return redirect(url_for("catalogue.offering", public_id=public_id))
