"""Blocks on the pages of others: a certificate, the list of them, the desk of a registrar."""

from flask import render_template

from lms.certificates.holds import holds_back, suspending
from lms.certificates.models import Certificate
from lms.certificates.permissions import auditor, registrar
from lms.certificates.states import Deed, State
from lms.kernel.permissions import Role
from lms.people.models import User
from lms.web import panels
from lms.web.auth_guard import current_actor
from lms.withdrawals import queries, rules
from lms.withdrawals.models import State as Stands
from lms.withdrawals.permissions import registrar_of_another
from lms.withdrawals.wording import KINDS, TONES, stands


def _certificate_panel(certificate: Certificate) -> str:
    """What was done to it; the holder does not see what only waits or came to nothing."""
    actor, found = current_actor(), queries.of_certificate(certificate.id)
    staff = registrar(actor, certificate) or auditor(actor, certificate)
    holds = {Stands.DONE.value, Stands.LIFTED.value}
    changes = registrar_of_another(actor, certificate)
    waits = queries.waiting_of(certificate.id) is not None
    deeds = rules.open_deeds(
        State(certificate.state), revocation_waits=waits, barred=_barred(certificate)
    )
    return render_template(
        "withdrawals/_certificate_panel.html",
        certificate=certificate,
        withdrawals=[one for one in found if staff or one.state in holds],
        deeds={deed.name for deed in deeds} if changes else set(),
        opens=changes,
        kinds=KINDS,
        stands=stands,
        tones=TONES,
    )


def _barred(certificate: Certificate) -> frozenset[Deed]:
    """What is held back is not issued anew, and does not count again before it is released."""
    barred = set()
    if holds_back(certificate):
        barred.add(Deed.SUPERSEDE)
    if suspending(certificate):
        barred.add(Deed.REINSTATE)
    return frozenset(barred)


def _list_panel() -> str:
    paths = current_actor().paths(Role.REGISTRAR)
    return render_template("withdrawals/_list_panel.html") if paths else ""


def _desk_panel(user: User) -> str:
    waiting = queries.waiting_under(current_actor().paths(Role.REGISTRAR))
    waiting = [one for one in waiting if one.certificate.user_id != user.id]
    return render_template("withdrawals/_desk_panel.html", waiting=waiting, user=user)


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("certificates.certificate", _certificate_panel)
    panels.add("certificates.mine", _list_panel)
    panels.add("people.desk", _desk_panel)
