"""The desk of an intake: applications, committee, times for interviews, what it asks for."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.admissions import intakes, listings, queries
from lms.admissions.forms import IntakeEditForm, IntakeForm, MemberForm, SlotForm, data_of
from lms.admissions.models import Application, Intake
from lms.admissions.permissions import access_intake
from lms.admissions.views import bp
from lms.admissions.wording import STATES, TONES, routes_words
from lms.db import transaction
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Permission, allowed
from lms.programmes.permissions import access_programme
from lms.web import exports
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, Saved, choices, differences, takes

_EDIT = Permission.ADMISSIONS_INTAKE_EDIT
_READ = Permission.ADMISSIONS_INTAKE_READ
_ONE = "/intakes/<public_id>"


def _edited(public_id: str) -> Intake:
    return access_intake(public_id, current_actor(), _EDIT)


@bp.route("/manage/programmes/<public_id>/intakes/new", methods=["GET", "POST"])
@requires(_EDIT)
@takes(IntakeForm)
def new_intake(public_id: str) -> ResponseReturnValue:
    """Call for applications to a programme."""
    programme, form = access_programme(public_id, current_actor()), IntakeForm()
    if form.validate_on_submit():
        facts = form.facts(programme.provider.timezone)
        try:
            with transaction():
                made = intakes.call(programme, facts, by=current_user_id())
                address = url_for("admissions.intake", public_id=made.public_id)
        except Invalid as refused:
            form.apply(refused)
        except Conflict as taken:
            form.apply(_at_its_field(taken))
        else:
            flash(_("The intake is there. Name the committee next."), "success")
            return redirect(address)
    return render_template(
        "admissions/intake_form.html", form=form, programme=programme, intake=None
    ), _status(form)


@bp.route(f"{_ONE}/edit", methods=["GET", "POST"])
@requires(_EDIT)
@takes(IntakeEditForm)
def edit_intake(public_id: str) -> ResponseReturnValue:
    """Change what an intake says."""
    intake = _edited(public_id)
    form = IntakeEditForm(data=data_of(intake))
    saved: list[Saved] | None = None
    if form.validate_on_submit():
        try:
            with transaction():
                facts = form.facts(intake.zone)
                intakes.edit(intake, facts, by=current_user_id(), seen=form.seen)
        except Invalid as refused:
            form.apply(refused)
        except Conflict as refused:
            if refused.code == "stale":
                saved = _meanwhile(form, _edited(public_id))
            else:
                form.apply(_at_its_field(refused))
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("admissions.intake", public_id=public_id))
        intake = _edited(public_id)
    return render_template(
        "admissions/intake_form.html",
        form=form,
        programme=intake.programme,
        intake=intake,
        saved=saved,
    ), (_status(form) if saved is None else 409)


def _meanwhile(form: IntakeEditForm, intake: Intake) -> list[Saved]:
    form.overtaken(intake.row_version)
    return differences(form, IntakeEditForm(formdata=None, data=data_of(intake)))


def _status(form: IntakeForm) -> int:
    return INVALID_ANSWER if form.is_submitted() else 200


def _at_its_field(taken: Conflict) -> Invalid:
    if taken.code == "intake-name-taken":
        return Invalid(taken.code, fields={"name": taken.code})
    return Invalid(taken.code)


@bp.get(_ONE)
@requires(_READ)
def intake(public_id: str) -> ResponseReturnValue:
    """The desk: everything that was sent, who decides, when people can come."""
    found = access_intake(public_id, current_actor(), _READ)
    if exports.wanted():
        return exports.answer(listings.of_intake(found, _of_others(found)))
    return _page(found)


def _of_others(found: Intake) -> list[Application]:
    """Without one's own, of which one may not know what is recommended."""
    own = current_user_id()
    return [one for one in queries.of_intake(found) if one.user_id != own]


def _page(found: Intake, slot_form: SlotForm | None = None) -> str:
    applications = queries.of_intake(found)
    member_form = MemberForm(formdata=None)
    member_form.person.choices = _candidates(found)
    return render_template(
        "admissions/intake.html",
        intake=found,
        applications=applications,
        counts=queries.counts(found),
        slots=queries.slots(found),
        may_edit=allowed(current_actor(), _EDIT, found),
        own_id=current_user_id(),
        routes=routes_words(found.routes),
        member_form=member_form,
        slot_form=slot_form or SlotForm(formdata=None),
        form=ActionForm(formdata=None),
        states=STATES,
        tones=TONES,
        most=queries.MOST,
    )


def _candidates(found: Intake) -> list[object]:
    return list(choices({one.public_id: one.name for one in queries.candidates(found)}))


@bp.post(f"{_ONE}/members")
@requires(_EDIT)
@takes(MemberForm)
def name_member(public_id: str) -> ResponseReturnValue:
    """Take somebody into the committee."""
    found, form = _edited(public_id), MemberForm()
    people = {one.public_id: one for one in queries.candidates(found)}
    form.person.choices = choices({key: one.name for key, one in people.items()})
    form.insist()
    with transaction():
        intakes.name_member(found, people[form.person.data], by=current_user_id())
    return redirect(url_for("admissions.intake", public_id=public_id, _anchor="committee"))


@bp.post(f"{_ONE}/members/remove")
@requires(_EDIT)
@takes(MemberForm)
def remove_member(public_id: str) -> ResponseReturnValue:
    """Let somebody leave the committee."""
    found, form = _edited(public_id), MemberForm()
    people = {one.user.public_id: one.user for one in found.members}
    form.person.choices = choices({key: one.name for key, one in people.items()})
    form.insist()
    with transaction():
        person = people[form.person.data]
        intakes.remove_member(found, person.id, by=current_user_id())
    return redirect(url_for("admissions.intake", public_id=public_id, _anchor="committee"))


@bp.post(f"{_ONE}/slots")
@requires(_EDIT)
@takes(SlotForm)
def add_slot(public_id: str) -> ResponseReturnValue:
    """Add a time for an interview."""
    found, form = _edited(public_id), SlotForm()
    if form.validate_on_submit():
        begins, ends = form.times(found.zone)
        place = (form.place.data or "").strip()
        try:
            with transaction():
                intakes.add_slot(found, begins, ends, place, by=current_user_id())
        except Invalid as refused:
            form.apply(refused)
        except Conflict as there:
            form.apply(Invalid(there.code, fields={"begins": there.code}))
        else:
            flash(_("The time is added."), "success")
            return redirect(url_for("admissions.intake", public_id=public_id, _anchor="slots"))
    return _page(_edited(public_id), form), INVALID_ANSWER


@bp.post(f"{_ONE}/slots/<slot_id>/remove")
@requires(_EDIT)
def remove_slot(public_id: str, slot_id: str) -> ResponseReturnValue:
    """Take a time back that nobody has chosen."""
    found = _edited(public_id)
    with transaction():
        intakes.remove_slot(queries.slot_of(found, slot_id), by=current_user_id())
    flash(_("The time is taken back."), "info")
    return redirect(url_for("admissions.intake", public_id=public_id, _anchor="slots"))
