"""Who is told of watched certificates: whoever asked for it, or a colleague when they have gone.

Neither the reason nor the name in full is in a mail: the number and initials.
"""

from datetime import date

from sqlalchemy import update

from lms.certificates import events as certificate_events
from lms.certificates import expiry
from lms.certificates.models import Certificate
from lms.certificates.states import Deed
from lms.checking.verification import initials
from lms.db import db
from lms.employers import watch_queries
from lms.employers.models import Watch
from lms.kernel.permissions import Role
from lms.mail import service as mail
from lms.people import queries as people_queries
from lms.people.models import Organisation, User

MOST_NAMED = 100
"""So many certificates are named in one mail; the list has them all."""


def _told(organisation: Organisation, asked_by_id: int) -> list[User]:
    checkers = people_queries.users_with_role(Role.EMPLOYER_CHECKER, organisation.path)
    return [one for one in checkers if one.id == asked_by_id] or checkers


def _on_moved(certificate: Certificate, *, deed: Deed) -> None:
    for watch in watch_queries.of_certificate(certificate.id):
        for person in _told(watch.organisation, watch.asked_by_id):
            mail.send(
                person.email,
                "employers/moved",
                person.locale,
                subject=mail.Subject(watch.public_id, deed.value),
                name=person.name,
                organisation=watch.organisation,
                deed=deed.value,
                **_named(watch, certificate),
            )


def _named(watch: Watch, certificate: Certificate) -> dict[str, object]:
    return {
        "serial": certificate.serial,
        "initials": initials(certificate.content["holder_name"]),
        "since": watch.created_at,
    }


def tell_of_ends(organisation_id: int, asked_by_id: int, today: date) -> None:
    """One mail of all that ends soon or has ended, in the caller's transaction; each told once."""
    watches = watch_queries.to_tell(organisation_id, asked_by_id, today)
    if not watches:
        return
    over = [one for one in watches if expiry.step_of(_end(one), today) == expiry.OVER]
    soon = [one for one in watches if one not in over]
    organisation = db.session.get_one(Organisation, organisation_id)
    for person in _told(organisation, asked_by_id):
        mail.send(
            person.email,
            "employers/ending",
            person.locale,
            subject=mail.Subject(organisation.public_id, f"ending-{today}"),
            name=person.name,
            organisation=organisation,
            over=[_line(one) for one in over[:MOST_NAMED]],
            soon=[_line(one) for one in soon[:MOST_NAMED]],
            count=len(watches),
        )
    for step, some in ((expiry.OVER, over), (expiry.SOON, soon)):
        told = [{"id": one.id, "told": step} for one in some]
        if told:
            db.session.execute(update(Watch), told)


def _end(watch: Watch) -> date:
    return watch.certificate.valid_until or date.max


def _line(watch: Watch) -> dict[str, object]:
    return {**_named(watch, watch.certificate), "day": watch.certificate.valid_until}


def connect() -> None:
    """Listen to moves of certificates."""
    certificate_events.moved.connect(_on_moved)
