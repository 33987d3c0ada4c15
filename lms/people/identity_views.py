"""Identity numbers: the person enters the own one once; those who may, find and unmask."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Permission, allowed
from lms.people import directory, identity, tries
from lms.people.administration_forms import IdentityForm, ReasonForm
from lms.people.permissions import access_identity
from lms.people.rules import NumberKind, TriedOn
from lms.people.signed_in import myself
from lms.web import limits
from lms.web.auth_guard import confirmed, current_actor, current_user_id, requires
from lms.web.forms import takes
from lms.web.running import settings

bp = Blueprint("identity", __name__)


@bp.route("/account/identity", methods=["GET", "POST"])
@requires(Permission.PEOPLE_ACCOUNT_USE)
@takes(IdentityForm)
def own() -> ResponseReturnValue:
    """Enter the own number once; afterwards its end is shown."""
    form, now = IdentityForm(), clock.now()
    masked = identity.masked(current_user_id())
    if masked is None and form.validate_on_submit():
        # Counted: whoever tries numbers here would learn which have an account.
        with transaction():
            tries.count({TriedOn.IDENTITY: str(current_user.id)}, now=now)
        try:
            with transaction():
                kind, number = NumberKind(form.kind.data), form.number.data or ""
                identity.enter(myself(), kind, number, keys=settings().data_keys, now=now)
        except (Invalid, Conflict) as refusal:
            form.apply(refusal if isinstance(refusal, Invalid) else Invalid(refusal.code))
        else:
            flash(_("Your number is kept, sealed. Only its end is shown."), "ok")
            return redirect(url_for("people.account"))
    status = 422 if form.is_submitted() else 200
    return render_template("people/identity.html", form=form, masked=masked), status


@bp.route("/identity", methods=["GET", "POST"])
@requires(Permission.PEOPLE_IDENTITY_READ)
@takes(IdentityForm)
@limits.searches
def find() -> ResponseReturnValue:
    """Find a person by the whole number."""
    form = IdentityForm()
    if form.validate_on_submit():
        kind, number = NumberKind(form.kind.data), form.number.data or ""
        with transaction():
            holder = identity.holder_of(kind, number, keys=settings().data_keys)
            user = directory.with_identity(holder, current_actor()) if holder else None
            if user is not None:
                identity.record_found(user, by=current_user_id())
                return redirect(url_for("identity.person", public_id=user.public_id))
        form.apply(Invalid(fields={"number": "identity-unknown"}))
    status = 422 if form.is_submitted() else 200
    return render_template("people/identity_find.html", form=form), status


@bp.route("/identity/<public_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_IDENTITY_READ)
@confirmed
@takes(ReasonForm)
def person(public_id: str) -> ResponseReturnValue:
    """The masked number; a reason shows it once, in this answer and nowhere else."""
    actor = current_actor()
    user, form, number = access_identity(public_id, actor), ReasonForm(), None
    if form.validate_on_submit():
        with transaction():
            number = identity.unmask(
                access_identity(public_id, actor),
                form.reason.data or "",
                by=current_user_id(),
                keys=settings().data_keys,
            )
        user = access_identity(public_id, actor)
    found = identity.of_user(user.id)
    if found is None:
        raise NotFound
    status = 422 if form.errors else 200
    return render_template(
        "people/identity_person.html",
        user=user,
        kind=found.kind,
        masked=identity.masked(user.id),
        number=number,
        form=form,
    ), status


@bp.route("/identity/<public_id>/erase", methods=["GET", "POST"])
@requires(Permission.PEOPLE_USER_MANAGE)
@confirmed
@takes(ReasonForm)
def erase(public_id: str) -> ResponseReturnValue:
    """Say what erasing means, then do it, for a reason."""
    actor, form = current_actor(), ReasonForm()
    user = directory.person(public_id, actor)
    if identity.of_user(user.id) is None:
        raise NotFound
    if form.validate_on_submit():
        with transaction():
            user = directory.person(public_id, actor)
            identity.erase(user, form.reason.data or "", by=current_user_id())
        flash(_("The number is erased."), "ok")
        return redirect(url_for("directory.person", public_id=public_id))
    status = 422 if form.errors else 200
    return render_template("people/identity_erase.html", user=user, form=form), status


def is_open() -> bool:
    """Whether the visitor may look numbers up."""
    return allowed(current_actor(), Permission.PEOPLE_IDENTITY_READ)
