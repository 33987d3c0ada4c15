"""Write programmes: facts, groups, courses, and the step to everybody's eyes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.db import transaction
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission, Role
from lms.people import queries as people_queries
from lms.programmes import queries, rules, service
from lms.programmes.forms import (
    CourseOfGroupForm,
    GroupForm,
    NewProgrammeForm,
    ProgrammeForm,
    RemoveForm,
    StateForm,
    course_form,
    data_of,
)
from lms.programmes.models import Asked, Programme, ProgrammeState
from lms.programmes.permissions import access_programme
from lms.programmes.views import bp
from lms.programmes.wording import AWARDS, STATES, asked_words
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes

_EDIT = Permission.PROGRAMMES_PROGRAMME_EDIT
_ONE = "/manage/programmes/<public_id>"


@bp.route("/manage/programmes/new", methods=["GET", "POST"])
@requires(_EDIT)
@takes(NewProgrammeForm)
def new() -> ResponseReturnValue:
    """Write a programme; it stays a draft until published."""
    form = NewProgrammeForm()
    if form.validate_on_submit():
        path = current_actor().paths(Role.COURSE_MANAGER)[0]
        code = (form.code.data or "").upper()
        try:
            with transaction():
                provider = people_queries.organisation_by_path(path)
                made = service.create(provider, code, form.facts(), by=current_user_id())
                address = url_for("programmes.draft", public_id=made.public_id)
        except Conflict as taken:
            form.apply(Invalid(taken.code, fields={"code": taken.code}))
        else:
            flash(_("The draft is saved. Add groups of courses next."), "success")
            return redirect(address)
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template("programmes/form.html", form=form, programme=None), status


@bp.route(f"{_ONE}/edit", methods=["GET", "POST"])
@requires(_EDIT)
@takes(ProgrammeForm)
def edit(public_id: str) -> ResponseReturnValue:
    """Change what a draft says; the code stays."""
    programme = access_programme(public_id, current_actor())
    form = ProgrammeForm(data=data_of(programme))
    if form.validate_on_submit():
        with transaction():
            service.edit(programme, form.facts(), by=current_user_id())
        flash(_("The draft is saved."), "success")
        return redirect(url_for("programmes.draft", public_id=public_id))
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template("programmes/form.html", form=form, programme=programme), status


@bp.get(_ONE)
@requires(_EDIT)
def draft(public_id: str) -> ResponseReturnValue:
    """A programme as its managers see it: groups, courses, and what is missing."""
    return _page(access_programme(public_id, current_actor())), 200


def _page(programme: Programme, group_form: GroupForm | None = None) -> str:
    found = queries.plan(programme)
    return render_template(
        "programmes/draft.html",
        programme=programme,
        versions=found.versions,
        fault=rules.fault(found.groups),
        offered=rules.offered(found.groups),
        group_form=group_form or GroupForm(formdata=None),
        course_form=course_form(queries.courses_to_add(programme)),
        form=ActionForm(formdata=None),
        awards=AWARDS,
        states=STATES,
        asked_words=asked_words,
    )


@bp.post(f"{_ONE}/groups")
@requires(_EDIT)
@takes(GroupForm)
def add_group(public_id: str) -> ResponseReturnValue:
    """Add a group."""
    programme, form = access_programme(public_id, current_actor()), GroupForm()
    if not form.validate_on_submit():
        return _page(programme, form), INVALID_ANSWER
    try:
        with transaction():
            asked, by = Asked(form.asked.data), current_user_id()
            service.add_group(programme, form.texts("title"), asked, form.least.data, by=by)
    except Invalid as refusal:
        form.apply(refusal)
        return _page(access_programme(public_id, current_actor()), form), INVALID_ANSWER
    return redirect(url_for("programmes.draft", public_id=public_id))


@bp.post(f"{_ONE}/groups/<group_id>/remove")
@requires(_EDIT)
def remove_group(public_id: str, group_id: str) -> ResponseReturnValue:
    """Take a group out, with its courses."""
    programme = access_programme(public_id, current_actor())
    with transaction():
        group = queries.group_of(programme, group_id)
        service.remove_group(programme, group, by=current_user_id())
    flash(_("The group is removed."), "info")
    return redirect(url_for("programmes.draft", public_id=public_id))


@bp.post(f"{_ONE}/groups/<group_id>/courses")
@requires(_EDIT)
@takes(CourseOfGroupForm)
def add_course(public_id: str, group_id: str) -> ResponseReturnValue:
    """Add a course to a group."""
    programme = access_programme(public_id, current_actor())
    group = queries.group_of(programme, group_id)
    offered = queries.courses_to_add(programme)
    form = course_form(offered)
    form.insist()
    course = next((one.course for one in offered if one.course.public_id == form.course.data), None)
    if course is None:
        raise NotFound
    with transaction():
        service.add_course(programme, group, course, form.term.data, by=current_user_id())
    return redirect(url_for("programmes.draft", public_id=public_id))


@bp.post(f"{_ONE}/courses/remove")
@requires(_EDIT)
@takes(RemoveForm)
def remove_course(public_id: str) -> ResponseReturnValue:
    """Take a course out."""
    programme, form = access_programme(public_id, current_actor()), RemoveForm()
    form.insist()
    with transaction():
        service.remove_course(programme, form.code.data or "", by=current_user_id())
    return redirect(url_for("programmes.draft", public_id=public_id))


@bp.post(f"{_ONE}/state")
@requires(_EDIT)
@takes(StateForm)
def move(public_id: str) -> ResponseReturnValue:
    """Publish, close, or take back to draft."""
    programme, form = access_programme(public_id, current_actor()), StateForm()
    form.insist()
    with transaction():
        service.move(programme, ProgrammeState(form.state.data), by=current_user_id())
    flash(_("Saved."), "success")
    return redirect(url_for("programmes.draft", public_id=public_id))
