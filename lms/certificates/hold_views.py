"""Holding certificates back and releasing them by hand, for registrars."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates import holding, holds
from lms.certificates.hold_forms import HoldForm, ReleaseForm
from lms.certificates.models import Certificate
from lms.certificates.naming import HOLD_REASONS
from lms.certificates.permissions import auditor, registrar, registrar_of_another
from lms.db import transaction
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Permission, allowed
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, takes

bp = Blueprint("holds", __name__, url_prefix="/certificates")
_HOLD = Permission.CERTIFICATES_CERTIFICATE_HOLD


@bp.route("/places/<public_id>/hold", methods=["GET", "POST"])
@requires(_HOLD)
@takes(HoldForm)
def hold(public_id: str) -> ResponseReturnValue:
    """Hold the certificate of a place back."""
    place, form = enrolment_queries.by_public_id(public_id), HoldForm()
    if not allowed(current_actor(), _HOLD, place):
        raise NotFound
    if form.validate_on_submit():
        with transaction():
            holding.hold(
                place, holding.BY_HAND, form.cause(), by=current_user_id(), now=clock.now()
            )
        flash(_("The certificate is held back."), "success")
        return redirect(url_for("certificates.due", public_id=place.offering.public_id))
    standing = holds.open_of(place.id, holding.BY_HAND)
    page = render_template("certificates/hold.html", place=place, standing=standing, form=form)
    return page, INVALID_ANSWER if form.is_submitted() else 200


@bp.route("/holds/<public_id>/release", methods=["GET", "POST"])
@requires(_HOLD)
@takes(ReleaseForm)
def release(public_id: str) -> ResponseReturnValue:
    """Hold it back no more."""
    standing, form = holds.by_public_id(public_id), ReleaseForm()
    place = standing.enrolment
    if not allowed(current_actor(), _HOLD, place) or standing.source != holding.BY_HAND:
        raise NotFound
    if form.validate_on_submit():
        words = form.remark.data or ""
        with transaction():
            holding.release(standing, words, by=current_user_id(), now=clock.now())
        flash(_("The certificate is held back no more."), "success")
        return redirect(url_for("certificates.due", public_id=place.offering.public_id))
    page = render_template(
        "certificates/release.html",
        standing=standing,
        place=place,
        form=form,
        reasons=HOLD_REASONS,
    )
    return page, INVALID_ANSWER if form.is_submitted() else 200


def _block(place: Enrolment, *, alone: bool = True) -> str:
    """What holds the certificate of a place; the reference is for those who keep the matter.

    ``alone`` offers the way to the page of holding back.
    """
    actor, found = current_actor(), holds.of_place(place)
    staff = registrar(actor, place.offering) or auditor(actor, place.offering)
    own = place.user_id == actor.user_id
    return render_template(
        "certificates/_holds.html",
        place=place,
        holds=found if staff else [one for one in found if own and one.released_at is None],
        staff=staff,
        opens=registrar_of_another(actor, place),
        alone=alone,
        by_hand=holding.BY_HAND,
        reasons=HOLD_REASONS,
        zone=place.offering.course_version.course.provider.timezone,
    )


def _place_panel(enrolment: Enrolment) -> str:
    return _block(enrolment)


def _own_panel(enrolment: Enrolment) -> str:
    return _block(enrolment, alone=False)


def _certificate_panel(certificate: Certificate) -> str:
    return _block(certificate.enrolment) if certificate.enrolment is not None else ""


def add_panels() -> None:
    """Add to the pages of a place, of a certificate, and of holding back."""
    panels.add("enrolment.place", _place_panel)
    panels.add("certificates.hold", _own_panel)
    panels.add("certificates.certificate", _certificate_panel)
