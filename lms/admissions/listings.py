"""The applications of an intake as a file: the columns of its page, and what they said."""

from collections.abc import Iterable

from flask_babel import gettext as _

from lms.admissions import rules
from lms.admissions.models import Application, Intake
from lms.admissions.wording import LEVELS, STATES
from lms.web.exports import Listing


def of_intake(intake: Intake, applications: Iterable[Application]) -> Listing:
    """One row an application."""
    head = [
        _("Name"),
        _("Agency"),
        _("Highest qualification"),
        _("Its level"),
        _("Years of practice"),
        _("Entry rules met"),
        _("Sent"),
        _("State"),
        _("Recommended: place"),
        _("Recommended: no"),
    ]
    rows = (_row(intake, one) for one in applications)
    return Listing(f"{intake.programme.code}-applications", head, rows, zone=intake.zone)


def _row(intake: Intake, one: Application) -> tuple[object, ...]:
    counted = rules.tally(said.admit for said in one.recommendations)
    met = rules.entry(intake.routes, one.level, one.years) is not rules.Entry.NOT_MET
    return (
        one.user.name,
        one.user.organisation.name if one.user.organisation else "",
        one.qualification,
        str(LEVELS[one.level]) if one.level else "",
        one.years,
        _("Yes") if met else _("No"),
        one.sent_at,
        str(STATES[one.state]),
        counted.admit,
        counted.refuse,
    )
