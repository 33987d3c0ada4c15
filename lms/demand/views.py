"""Saying that one would come, and what course managers do with it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.permissions import access_course_version
from lms.db import transaction
from lms.demand import queries, service
from lms.demand.forms import AnnounceForm, DropForm, InterestForm, SettleForm, settle_form
from lms.demand.models import UndatedOffering
from lms.demand.permissions import access_undated
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission, Role
from lms.people import queries as people_queries
from lms.people.models import Organisation
from lms.web import limits, shelf
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes

bp = Blueprint("demand", __name__)
bp.after_request(shelf.note_change)
_EDIT = Permission.DEMAND_UNDATED_EDIT
_JOIN = Permission.DEMAND_INTEREST_CREATE


@bp.route("/manage/courses/<public_id>/undated", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_OFFERING_EDIT)
@takes(AnnounceForm)
def announce(public_id: str) -> ResponseReturnValue:
    """Say that a course will run before its dates are known."""
    actor = current_actor()
    version = access_course_version(public_id, actor, Permission.CATALOGUE_OFFERING_EDIT)
    form = AnnounceForm()
    if form.validate_on_submit():
        with transaction():
            undated = service.announce(
                version, form.expected.data or "", form.venue.data or "", by=current_user_id()
            )
            address = url_for("demand.undated", public_id=undated.public_id)
        flash(_("It is listed on the page of the course. People can say that they would come."))
        return redirect(address)
    status = INVALID_ANSWER if form.is_submitted() else 200
    return render_template("demand/announce.html", version=version, form=form), status


@bp.get("/undated/<public_id>")
@requires(_EDIT)
def undated(public_id: str) -> ResponseReturnValue:
    """Who would come, and what is done next."""
    return _desk(access_undated(public_id, current_actor())), 200


def _desk(
    found: UndatedOffering, naming: SettleForm | None = None, dropping: DropForm | None = None
) -> str:
    today = clock.today(found.course.provider.timezone)
    interested = queries.interested(found)
    return render_template(
        "demand/undated.html",
        undated=found,
        version=catalogue_queries.published_of(found.course_id),
        interested=interested,
        people=sum(each.people for each in interested),
        naming=naming or settle_form(queries.offerings_to_name(found, today)),
        dropping=dropping or DropForm(formdata=None),
    )


@bp.post("/undated/<public_id>/dates")
@requires(_EDIT)
@takes(SettleForm)
def settle(public_id: str) -> ResponseReturnValue:
    """Name the offering that has the dates; everybody interested is told."""
    found = access_undated(public_id, current_actor())
    today = clock.today(found.course.provider.timezone)
    form = settle_form(queries.offerings_to_name(found, today))
    if not form.validate_on_submit():
        return _desk(found, naming=form), INVALID_ANSWER
    with transaction():
        offering = catalogue_queries.offering_by_public_id(form.offering.data)
        told = service.settle(found, offering, by=current_user_id(), now=clock.now())
    flash(
        ngettext(
            "The dates are set. %(num)s person is told.",
            "The dates are set. %(num)s people are told.",
            told,
        ),
        "success",
    )
    return redirect(url_for("demand.undated", public_id=public_id))


@bp.post("/undated/<public_id>/drop")
@requires(_EDIT)
@takes(DropForm)
def drop(public_id: str) -> ResponseReturnValue:
    """Give it up; everybody interested is told why."""
    found = access_undated(public_id, current_actor())
    form = DropForm()
    if not form.validate_on_submit():
        return _desk(found, dropping=form), INVALID_ANSWER
    try:
        with transaction():
            reason = form.reason.data or ""
            told = service.drop(found, reason, by=current_user_id(), now=clock.now())
    except Invalid as refusal:
        form.apply(refusal)
        return _desk(access_undated(public_id, current_actor()), dropping=form), INVALID_ANSWER
    flash(
        ngettext(
            "It is given up. %(num)s person is told.",
            "It is given up. %(num)s people are told.",
            told,
        ),
        "info",
    )
    return redirect(url_for("demand.undated", public_id=public_id))


@bp.route("/undated/<public_id>/interest", methods=["GET", "POST"])
@requires(_JOIN)
@limits.enrolments
@takes(InterestForm)
def interest(public_id: str) -> ResponseReturnValue:
    """Say that one would come, or how many of one's agency."""
    found, user_id, agency = queries.by_public_id(public_id), current_user_id(), _agency()
    standing = queries.interest_of(found, user_id)
    form = InterestForm(obj=standing if standing and standing.organisation_id else None)
    if form.validate_on_submit():
        try:
            _express(found, agency, form)
        except Invalid as refusal:
            form.apply(refusal)
        except Conflict as refusal:
            form.apply(Invalid(refusal.code))
        else:
            flash(_("Noted. You are told by mail as soon as the dates are set."), "success")
            return redirect(url_for("demand.interest", public_id=public_id))
        found = queries.by_public_id(public_id)
    return render_template(
        "demand/interest.html",
        undated=found,
        version=catalogue_queries.published_of(found.course_id),
        standing=queries.interest_of(found, user_id),
        agency=agency,
        form=form,
        withdrawing=ActionForm(formdata=None),
    ), (INVALID_ANSWER if form.is_submitted() else 200)


def _agency() -> Organisation | None:
    paths = current_actor().paths(Role.AGENCY_COORDINATOR)
    return people_queries.organisation_by_path(paths[0]) if paths else None


def _express(found: UndatedOffering, agency: Organisation | None, form: InterestForm) -> None:
    with transaction():
        by = current_user_id()
        user = people_queries.user_by_id(by)
        if user is None:
            raise Invalid
        service.express(found, user, agency=agency, people=form.people.data, by=by)


@bp.post("/undated/<public_id>/withdraw")
@requires(_JOIN)
@limits.enrolments
def withdraw(public_id: str) -> ResponseReturnValue:
    """Say that one would not come after all."""
    found, by = queries.by_public_id(public_id), current_user_id()
    with transaction():
        service.withdraw(found, by, by=by)
    flash(_("Your interest is withdrawn."), "info")
    return redirect(url_for("demand.interest", public_id=public_id))
