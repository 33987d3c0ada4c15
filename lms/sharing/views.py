"""Links to a certificate: made and ended by the holder, opened by anybody who has one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.models import Certificate
from lms.certificates.permissions import holder
from lms.checking import verification
from lms.checking.replies import answer, unkept
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.permissions import Permission
from lms.sharing import queries, service
from lms.sharing.forms import ShareForm
from lms.sharing.models import ShareLink
from lms.sharing.permissions import access_certificate
from lms.web import limits, panels
from lms.web.auth_guard import current_actor, current_user_id, public, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.running import settings

bp = Blueprint("sharing", __name__)
_SHARE = Permission.SHARING_LINK_CREATE


def _address(link: ShareLink) -> str:
    token = service.token_of(link, settings().secret_key)
    return settings().base_url + url_for("sharing.shared", token=token)


@bp.route("/certificates/<public_id>/links", methods=["GET", "POST"])
@requires(_SHARE)
@takes(ShareForm)
def links(public_id: str) -> ResponseReturnValue:
    """The links to a certificate, and a form for another one."""
    certificate, form = access_certificate(public_id, current_actor()), ShareForm()
    if form.validate_on_submit():
        note, days = form.note.data or "", form.days.data
        with transaction():
            service.make(
                certificate,
                note,
                days,
                full_name=form.full_name.data,
                by=current_user_id(),
                now=clock.now(),
            )
        flash(_("The link is there. Copy it and send it yourself."), "success")
        return redirect(url_for("sharing.links", public_id=public_id))
    page = render_template(
        "sharing/links.html",
        certificate=certificate,
        links=[(each, _address(each)) for each in queries.links_of(certificate.id)],
        now=clock.now(),
        form=form,
        action_form=ActionForm(formdata=None),
    )
    return page, INVALID_ANSWER if form.is_submitted() else 200


@bp.post("/certificates/<public_id>/links/<link_id>/end")
@requires(_SHARE)
def end(public_id: str, link_id: str) -> ResponseReturnValue:
    """Let a link lead nowhere."""
    certificate = access_certificate(public_id, current_actor())
    found = queries.link(link_id, certificate.id)
    with transaction():
        service.end(found, by=current_user_id(), now=clock.now())
    flash(_("The link leads nowhere any more."), "success")
    return redirect(url_for("sharing.links", public_id=public_id))


@bp.get("/s/<token>")
@public
@limits.look_ups
def shared(token: str) -> ResponseReturnValue:
    """What a check says, by an address that the holder has given away."""
    link, now = service.by_token(token, settings().secret_key), clock.now()
    if not link.is_open(now):
        return unkept(render_template("sharing/ended.html"), 410)
    code, named = link.certificate.code, link.full_name
    with transaction():
        service.opened(link, day=clock.today(link.certificate.timezone))
    return answer(verification.by_code(code, now=now), named=named)


def _certificate_panel(certificate: Certificate) -> str:
    if not holder(current_actor(), certificate):
        return ""
    return render_template(
        "sharing/_certificate_panel.html",
        certificate=certificate,
        open=queries.open_links(certificate.id, clock.now()),
    )


def add_panels() -> None:
    """Add to the page of a certificate."""
    panels.add("certificates.certificate", _certificate_panel)
