"""Issuing the certificates of an offering together: look first, then follow it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.batches import queries, service
from lms.batches.forms import BatchForm
from lms.batches.models import Batch, State
from lms.batches.wording import OUTCOMES, STATES, TONES
from lms.catalogue.models import Offering
from lms.catalogue.queries import offering_by_public_id
from lms.certificates import queries as certificate_queries
from lms.certificates.permissions import registrar
from lms.certificates.queries import Candidate
from lms.db import transaction
from lms.jobs import progress
from lms.kernel import clock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.permissions import Permission
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes

bp = Blueprint("batches", __name__)
_ISSUE = Permission.CERTIFICATES_CERTIFICATE_ISSUE


def _offering(public_id: str) -> Offering:
    offering = offering_by_public_id(public_id)
    if not registrar(current_actor(), offering):
        raise NotFound
    return offering


def _batch(public_id: str) -> Batch:
    batch = queries.by_public_id(public_id)
    if not registrar(current_actor(), batch.offering):
        raise NotFound
    return batch


def _candidates(offering: Offering) -> list[Candidate]:
    today = clock.today(offering.course_version.course.provider.timezone)
    return certificate_queries.candidates(offering, today)


@bp.route("/certificates/offerings/<public_id>/batch", methods=["GET", "POST"])
@requires(_ISSUE)
@takes(BatchForm)
def preview(public_id: str) -> ResponseReturnValue:
    """Who gets a certificate, who does not and why; some can be left out for a reason."""
    offering, form = _offering(public_id), BatchForm()
    candidates = _candidates(offering)
    if form.validate_on_submit():
        try:
            return redirect(url_for("batches.batch", public_id=_begun(offering, candidates, form)))
        except Invalid as refused:
            form.apply(refused)
    page = render_template(
        "batches/preview.html",
        offering=offering,
        due=[one for one in candidates if one.may_be_issued],
        others=[one for one in candidates if not one.due.ok],
        at_work=queries.at_work(offering.id),
        form=form,
        left_out=form.left_out,
    )
    return page, INVALID_ANSWER if form.is_submitted() else 200


def _begun(offering: Offering, candidates: list[Candidate], form: BatchForm) -> str:
    due = {one.enrolment.public_id: one.enrolment.id for one in candidates if one.may_be_issued}
    left_out = {due[place]: why for place, why in form.left_out.items() if place in due}
    places = [place for place in due.values() if place not in left_out]
    with transaction():
        return service.begin(offering, places, left_out, by=current_user_id()).public_id


@bp.get("/batches/<public_id>")
@requires(_ISSUE)
def batch(public_id: str) -> ResponseReturnValue:
    """How far a batch has come, place by place."""
    found = _batch(public_id)
    return render_template(
        "batches/batch.html",
        batch=found,
        offering=found.offering,
        counts=queries.counts(found.id),
        items=queries.items(found.id),
        states=STATES,
        outcomes=OUTCOMES,
        tones=TONES,
        stopped=found.state == State.PAUSED and progress.has_stopped(found.work),
        mine=found.wanted_by_id == current_user_id(),
        form=ActionForm(formdata=None),
    )


@bp.post("/batches/<public_id>/pause")
@requires(_ISSUE)
def pause(public_id: str) -> ResponseReturnValue:
    """Let the rest wait."""
    found = _batch(public_id)
    with transaction():
        service.pause(found, by=current_user_id())
    flash(_("Paused. What is issued stays; the rest waits."), "success")
    return redirect(url_for("batches.batch", public_id=public_id))


@bp.post("/batches/<public_id>/resume")
@requires(_ISSUE)
def resume(public_id: str) -> ResponseReturnValue:
    """Go on."""
    found = _batch(public_id)
    with transaction():
        service.resume(found, by=current_user_id())
    return redirect(url_for("batches.batch", public_id=public_id))


@bp.post("/batches/<public_id>/cancel")
@requires(_ISSUE)
def cancel(public_id: str) -> ResponseReturnValue:
    """Issue no more."""
    found = _batch(public_id)
    with transaction():
        service.cancel(found, by=current_user_id(), now=clock.now())
    flash(_("Cancelled. The certificates issued before stay."), "success")
    return redirect(url_for("batches.batch", public_id=public_id))


def _due_panel(offering: Offering, candidates: list[Candidate]) -> str:
    return render_template(
        "batches/_due_panel.html",
        offering=offering,
        due=sum(one.may_be_issued for one in candidates),
        batches=queries.of_offering(offering.id),
        states=STATES,
        tones=TONES,
    )


def add_panels() -> None:
    """Add to the page of who is due."""
    panels.add("certificates.due", _due_panel)
