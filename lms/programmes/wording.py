"""What programmes are called, and what their groups ask for, in words."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms.programmes.models import Asked
from lms.web.filters import number

AWARDS = {
    "certificate": _l("Postgraduate certificate"),
    "diploma": _l("Postgraduate diploma"),
    "master": _l("Master's degree"),
}
STATES = {
    "draft": _l("Draft"),
    "published": _l("Published"),
    "closed": _l("Takes nobody any more"),
}
ASKED = {
    "all": _l("All courses of the group"),
    "courses": _l("So many courses of the group"),
    "credits": _l("So many credits of the group"),
}


def asked_words(asked: str, least: Decimal | None, courses: int) -> str:
    """What a group asks for."""
    if asked == Asked.ALL or least is None:
        return str(_("All of these courses"))
    if asked == Asked.COURSES:
        return str(
            ngettext(
                "%(least)s of this course", "%(least)s of these courses", courses, least=int(least)
            )
        )
    return str(_("%(credits)s credits of these courses", credits=number(least)))
