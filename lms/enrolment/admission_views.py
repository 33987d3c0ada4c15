"""A course manager lets somebody in past prerequisites and approvals, or takes that back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_offering
from lms.db import transaction
from lms.enrolment import promising, queries, service
from lms.enrolment.forms import AdmitForm, PromisedForm, WithdrawPromiseForm, admit_form
from lms.enrolment.models import Promise, PromiseState
from lms.enrolment.wording import PROMISE_LABELS, PROMISE_TONES
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission, allowed
from lms.people import queries as people_queries
from lms.people.models import User
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

bp = Blueprint("admission", __name__)
_EDIT = Permission.CATALOGUE_OFFERING_EDIT


@bp.route("/offerings/<public_id>/admit", methods=["GET", "POST"])
@requires(_EDIT)
@limits.enrolments
@takes(AdmitForm)
def admit(public_id: str) -> ResponseReturnValue:
    """Admit a person by e-mail address, for a reason that is kept with the place.

    Whom the provider may not know is written to, whether there is an account or not.
    """
    offering = access_offering(public_id, current_actor(), _EDIT)
    form = admit_form(offering)
    if form.validate_on_submit():
        try:
            place = _admit(public_id, form)
        except (Conflict, Invalid) as refusal:
            fields = refusal.fields if isinstance(refusal, Invalid) else {}
            form.apply(Invalid(refusal.code, fields=fields))
            offering = access_offering(public_id, current_actor(), _EDIT)
        else:
            return _told(public_id, place)
    return _admit_page(offering, form), (422 if form.is_submitted() else 200)


def _admit_page(offering: Offering, form: AdmitForm) -> str:
    promises = promising.of_offering(offering)
    return render_template(
        "enrolment/admit.html",
        offering=offering,
        form=form,
        promises=promises,
        standing=promising.standing(promises, now=clock.now()),
        labels=PROMISE_LABELS,
        tones=PROMISE_TONES,
    )


def _admit(public_id: str, form: AdmitForm) -> str | None:
    """The public id of the place; None when the address was written to instead."""
    with transaction():
        offering = access_offering(public_id, current_actor(), _EDIT)
        user = people_queries.user_by_email(form.email.data or "")
        pool = next(one for one in offering.pools if one.public_id == form.pool.data)
        reason = form.reason.data or ""
        provider = offering.course_version.course.provider
        if user is None or not user.is_active or not queries.is_known_at(provider, user):
            address, by = form.email.data or "", _oneself()
            promising.promise(offering, address, reason, pool=pool, by=by, now=clock.now())
            return None
        own, now = current_user_id(), clock.now()
        return service.admit(offering, user, reason, by=own, now=now, pool=pool).public_id


def _oneself() -> User:
    user = people_queries.user_by_id(current_user_id())
    if user is None:
        raise NotFound
    return user


def _told(public_id: str, place: str | None) -> ResponseReturnValue:
    if place is not None:
        flash(_("The person is admitted and told by mail."), "success")
        return redirect(url_for("enrolment.place", public_id=place))
    flash(
        _(
            "A mail has gone to this address. Whoever signs in with it takes the place by the link "
            "in the mail, within %(days)s days.",
            days=promising.DAYS,
        ),
        "success",
    )
    return redirect(url_for("catalogue.offering", public_id=public_id))


@bp.route("/offerings/<public_id>/promised", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
@takes(PromisedForm)
def promised(public_id: str) -> ResponseReturnValue:
    """Take the place that a course manager has promised to one's address."""
    offering = catalogue_queries.offering_by_public_id(public_id)
    form = PromisedForm(promise=request.args.get("promise", ""))
    found = promising.opened(form.promise.data or "", offering, _oneself())
    if form.validate_on_submit():
        place = _keep(found)
        flash(_("The place is yours."), "success")
        return redirect(url_for("enrolment.place", public_id=place))
    promising.check(found, now=clock.now())
    return render_template(
        "enrolment/promised.html", offering=offering, promise=found, form=form
    ), (INVALID_ANSWER if form.is_submitted() else 200)


def _keep(found: Promise) -> str:
    with transaction():
        place = promising.keep(found, _oneself(), now=clock.now())
        kept = None if place is None else place.public_id
    if kept is None:  # said only now: that it is void is kept
        raise Conflict("promise-void")
    return kept


@bp.route("/offerings/<public_id>/promises/<promise_id>/withdraw", methods=["GET", "POST"])
@requires(_EDIT)
@takes(WithdrawPromiseForm)
def withdraw_promise(public_id: str, promise_id: str) -> ResponseReturnValue:
    """Take back a place that was promised to an address and that nobody has taken yet."""
    offering = access_offering(public_id, current_actor(), _EDIT)
    found = promising.by_public_id(offering, promise_id)
    form = WithdrawPromiseForm()
    if not form.validate_on_submit():
        return render_template(
            "enrolment/withdraw_promise.html", offering=offering, promise=found, form=form
        ), (INVALID_ANSWER if form.is_submitted() else 200)
    with transaction():
        promising.withdraw(found, form.reason.data or "", by=current_user_id(), now=clock.now())
    flash(_("The promise is withdrawn. A mail says so to the address."), "success")
    return redirect(url_for("admission.admit", public_id=public_id))


def _offering_panel(offering: Offering) -> str:
    if not allowed(current_actor(), _EDIT, offering):
        return ""
    promises = promising.of_offering(offering)
    standing = promising.standing(promises, now=clock.now()).values()
    return render_template(
        "enrolment/_admit_panel.html",
        offering=offering,
        open=sum(state is PromiseState.OPEN for state in standing),
        void=sum(state is PromiseState.VOID for state in standing),
    )


def add_panels() -> None:
    """Add to the offering's desk."""
    panels.add("catalogue.offering", _offering_panel)
