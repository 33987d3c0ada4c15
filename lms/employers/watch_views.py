"""Watched certificates: listed, begun from a verdict or from a run, ended."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from lms.certificates import rules
from lms.certificates.models import Certificate
from lms.checking.verification import initials
from lms.db import transaction
from lms.employers import acting, queries, watch_queries, watching, wording
from lms.employers.forms import WatchForm, WatchRowsForm
from lms.employers.models import Watch
from lms.employers.permissions import access_run, access_watch, own_employer
from lms.kernel import clock
from lms.kernel.paging import page_number
from lms.kernel.permissions import Permission
from lms.people.models import Organisation
from lms.web import exports
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import ActionForm, takes
from lms.web.i18n import local
from lms.web.running import settings

bp = Blueprint("employer_watches", __name__, url_prefix="/employers")
_KEEP = Permission.EMPLOYERS_WATCH_KEEP


def stands(certificate: Certificate) -> str:
    """The verdict that the register gives today."""
    today = clock.now().astimezone(ZoneInfo(certificate.timezone)).date()
    first, last = certificate.valid_from, certificate.valid_until
    return rules.verdict(certificate.state, first, last, today).value


@bp.get("/watches/")
@requires(_KEEP)
def listed() -> ResponseReturnValue:
    """What an employer of one's own watches."""
    employer = acting.chosen(_KEEP)
    paths = (employer.path,)
    if exports.wanted():
        return exports.answer(_listing(paths))
    return render_template(
        "employers/watches.html",
        **acting.shown(_KEEP, employer),
        page=watch_queries.page(paths, page_number(request.args.get("page"))),
        most=watching.MOST,
        stands=stands,
        initials=initials,
        wording=wording,
        form=ActionForm(formdata=None),
    )


def _listing(paths: tuple[str, ...]) -> exports.Listing:
    head = (
        *(_("Number"), _("Initials"), _("Certificate"), _("State"), _("Valid to")),
        *(_("Watched since"), _("Asked for by")),
    )
    return exports.Listing("watches", head, _cells(watch_queries.every(paths)))


def _cells(watches: Iterator[Watch]) -> Iterator[tuple[object, ...]]:
    for watch in watches:
        certificate = watch.certificate
        yield (
            certificate.serial,
            initials(certificate.content["holder_name"]),
            local(certificate.content["award_title"]),
            str(wording.VERDICTS[stands(certificate)]),
            certificate.valid_until,
            watch.created_at,
            watch.asked_by.name,
        )


@bp.post("/watches/")
@requires(_KEEP)
@takes(WatchForm)
def watch_one() -> ResponseReturnValue:
    """Watch the certificate whose verdict was just shown."""
    form = WatchForm()
    form.insist()
    public_id = watching.proven(form.proof.data or "", settings().secret_key)
    wanted = select(Certificate.id).where(Certificate.public_id == public_id)
    employer = own_employer(current_actor(), _KEEP, form.employer.data or "")
    _begin(employer, wanted)
    return redirect(url_for("employer_watches.listed", employer=employer.public_id))


@bp.post("/checks/<public_id>/watch")
@requires(_KEEP)
@takes(WatchRowsForm)
def watch_rows(public_id: str) -> ResponseReturnValue:
    """Watch the certificate of one row of a run, or all valid ones."""
    run, form = access_run(public_id, current_actor()), WatchRowsForm()
    form.insist()
    _begin(run.organisation, queries.certificates_of(run, form.which.data or ""))
    return redirect(url_for("employers.run", public_id=public_id))


def _begin(employer: Organisation, wanted: watch_queries.Wanted) -> None:
    with transaction():
        count = watching.begin(employer, wanted, by=current_user_id(), now=clock.now())
    if count:
        words = ngettext(
            "%(num)s certificate is watched from now on.",
            "%(num)s certificates are watched from now on.",
            count,
        )
        flash(words, "success")
    else:
        flash(_("Nothing new to watch: watched already, or withdrawn for good."), "info")


@bp.post("/watches/<public_id>/end")
@requires(_KEEP)
def end(public_id: str) -> ResponseReturnValue:
    """Be told no more."""
    with transaction():
        found = access_watch(public_id, current_actor())
        employer = found.organisation.public_id
        watching.end(found, by=current_user_id())
    flash(_("You are told of this certificate no more."), "success")
    return redirect(url_for("employer_watches.listed", employer=employer))
