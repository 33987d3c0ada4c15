"""Suspending, reinstating, revoking and correcting certificates, for registrars."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.certificates.service import Correction
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission, Role
from lms.printing.content import CertificateContent
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.running import settings
from lms.withdrawals import queries, service
from lms.withdrawals.forms import CorrectionForm, DecisionForm, ReasonForm
from lms.withdrawals.models import Withdrawal
from lms.withdrawals.permissions import access_certificate, access_withdrawal
from lms.withdrawals.wording import KINDS, TONES, stands

bp = Blueprint("withdrawals", __name__)
_CHANGE = Permission.WITHDRAWALS_CERTIFICATE_CHANGE
_ONE = "/certificates/<public_id>"


@dataclass(frozen=True)
class Way:
    """What is done with a reason: the deed, and the words of its page."""

    deed: Callable[..., object]
    heading: object
    lead: object
    button: object
    done: object
    danger: bool = True


_SUSPEND = Way(
    service.suspend,
    _l("Suspend the certificate"),
    _l(
        "Whoever checks it is told at once that it is suspended for now. You or another registrar"
        " can reinstate it at any time."
    ),
    _l("Suspend"),
    _l("The certificate is suspended. The holder is told."),
)
_REINSTATE = Way(
    service.reinstate,
    _l("Reinstate the certificate"),
    _l("It counts again at once, with the number and the days it has."),
    _l("Reinstate"),
    _l("The certificate counts again. The holder is told."),
    danger=False,
)
_REVOKE = Way(
    service.ask_revocation,
    _l("Ask for the certificate to be revoked"),
    _l(
        "Another registrar decides. A revoked certificate never counts again. Suspend it first if"
        " nobody should rely on it until then."
    ),
    _l("Ask for revocation"),
    _l("Another registrar is asked to decide."),
)


@bp.route(f"{_ONE}/suspend", methods=["GET", "POST"])
@requires(_CHANGE)
@takes(ReasonForm)
def suspend(public_id: str) -> ResponseReturnValue:
    """Let it not count for now."""
    return _with_reason(public_id, _SUSPEND)


@bp.route(f"{_ONE}/reinstate", methods=["GET", "POST"])
@requires(_CHANGE)
@takes(ReasonForm)
def reinstate(public_id: str) -> ResponseReturnValue:
    """Let it count again."""
    return _with_reason(public_id, _REINSTATE)


@bp.route(f"{_ONE}/revoke", methods=["GET", "POST"])
@requires(_CHANGE)
@takes(ReasonForm)
def revoke(public_id: str) -> ResponseReturnValue:
    """Ask for it to be revoked."""
    return _with_reason(public_id, _REVOKE)


def _with_reason(public_id: str, way: Way) -> ResponseReturnValue:
    found, form = access_certificate(public_id, current_actor()), ReasonForm()
    if form.validate_on_submit():
        try:
            with transaction():
                way.deed(found, form.reason.data or "", by=current_user_id(), now=clock.now())
        except Invalid as refused:
            form.apply(refused)
        else:
            flash(str(way.done), "success")
            return redirect(url_for("certificates.certificate", public_id=public_id))
    page = render_template("withdrawals/reason.html", **_about(found), form=form, way=way)
    return page, INVALID_ANSWER if form.is_submitted() else 200


def _about(certificate: Certificate) -> dict[str, object]:
    return {
        "certificate": certificate,
        "facts": CertificateContent.from_json(certificate.content),
    }


@bp.route(f"{_ONE}/correct", methods=["GET", "POST"])
@requires(_CHANGE)
@takes(CorrectionForm)
def correct(public_id: str) -> ResponseReturnValue:
    """Issue it anew under the right name."""
    found = access_certificate(public_id, current_actor())
    form = CorrectionForm(data={"name": found.user.name})
    if form.validate_on_submit():
        try:
            made = _corrected(found, form, now=clock.now())
        except Invalid as refused:
            form.apply(refused)
        else:
            flash(_("The corrected certificate is issued. Its PDF is being made."), "success")
            return redirect(url_for("certificates.certificate", public_id=made))
    page = render_template("withdrawals/correct.html", **_about(found), form=form)
    return page, INVALID_ANSWER if form.is_submitted() else 200


def _corrected(found: Certificate, form: CorrectionForm, *, now: datetime) -> str:
    keys = ring(settings())
    said = Correction(form.name.data or "", form.reason.data or "")
    with transaction():
        made = service.correct(
            found, said, settings=settings(), ring=keys, by=current_user_id(), now=now
        )
        return made.public_id


@bp.get("/withdrawals/")
@requires(_CHANGE)
def every() -> ResponseReturnValue:
    """What waits for a second person, and what was done."""
    paths = current_actor().paths(Role.REGISTRAR)
    return render_template(
        "withdrawals/every.html",
        waiting=queries.waiting_under(paths),
        past=queries.past_under(paths, page_number(request.args.get("page"))),
        me=current_user_id(),
        kinds=KINDS,
        stands=stands,
        tones=TONES,
    )


@bp.get("/withdrawals/<public_id>")
@requires(_CHANGE)
def one(public_id: str) -> ResponseReturnValue:
    """One withdrawal: why, and what another registrar decides about it."""
    return _page(access_withdrawal(public_id, current_actor()), DecisionForm(formdata=None))


def _page(found: Withdrawal, form: DecisionForm) -> str:
    return render_template(
        "withdrawals/withdrawal.html",
        one=found,
        **_about(found.certificate),
        form=form,
        action_form=ActionForm(formdata=None),
        mine=found.asked_by_id == current_user_id(),
        kinds=KINDS,
        stands=stands,
        tones=TONES,
    )


@bp.post("/withdrawals/<public_id>/decision")
@requires(_CHANGE)
@takes(DecisionForm)
def decide(public_id: str) -> ResponseReturnValue:
    """Agree to a revocation or refuse it, as another registrar than asked for it."""
    found, form = access_withdrawal(public_id, current_actor()), DecisionForm()
    if form.validate_on_submit():
        agree, words, by = form.decision.data == "agree", form.remark.data or "", current_user_id()
        try:
            with transaction():
                service.decide(found, words, agree=agree, by=by, now=clock.now())
        except Invalid as refused:
            form.apply(refused)
            found = access_withdrawal(public_id, current_actor())
        else:
            flash(_("Your decision is kept."), "success")
            return redirect(url_for("withdrawals.one", public_id=public_id))
    return _page(found, form), INVALID_ANSWER


@bp.post("/withdrawals/<public_id>/take-back")
@requires(_CHANGE)
def take_back(public_id: str) -> ResponseReturnValue:
    """Take back what one has asked for."""
    found = access_withdrawal(public_id, current_actor())
    with transaction():
        service.take_back(found, by=current_user_id(), now=clock.now())
    flash(_("Taken back. The certificate stays as it is."), "success")
    return redirect(url_for("withdrawals.one", public_id=public_id))
