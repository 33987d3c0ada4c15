"""Blocks on the pages of others: a verdict, a certificate for its holder, a desk."""

from flask import render_template

from lms.certificates.models import Certificate
from lms.certificates.permissions import holder
from lms.certificates.states import IN_USE, State
from lms.checking.verification import Check
from lms.employers import watch_queries, watching
from lms.employers.forms import WatchForm
from lms.employers.permissions import own_employers
from lms.kernel.permissions import Permission, allowed
from lms.people.models import User
from lms.web import panels
from lms.web.auth_guard import current_actor
from lms.web.running import settings


def _desk_panel(user: User) -> str:
    del user
    if not allowed(current_actor(), Permission.EMPLOYERS_RUN_MAKE):
        return ""
    return render_template("employers/_desk_panel.html")


def _verdict_panel(check: Check) -> str:
    actor, found = current_actor(), check.certificate
    if found is None or not allowed(actor, Permission.EMPLOYERS_WATCH_KEEP):
        return ""
    if State(found.state) not in IN_USE:
        return ""
    employers = own_employers(actor, Permission.EMPLOYERS_WATCH_KEEP)
    watching_it = [each for each in employers if watch_queries.watched(each.id, [found.id])]
    return render_template(
        "employers/_verdict_panel.html",
        watched=watching_it,
        others=[each for each in employers if each not in watching_it],
        form=WatchForm(
            formdata=None, proof=watching.proof_of(found.public_id, settings().secret_key)
        ),
    )


def _certificate_panel(certificate: Certificate) -> str:
    """The holder alone sees who watches."""
    if not holder(current_actor(), certificate):
        return ""
    watches = watch_queries.of_certificate(certificate.id)
    return render_template("employers/_certificate_panel.html", watches=watches) if watches else ""


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("people.desk", _desk_panel)
    panels.add("checking.verdict", _verdict_panel)
    panels.add("certificates.certificate", _certificate_panel)
