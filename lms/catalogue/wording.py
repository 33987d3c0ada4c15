"""Words of the catalogue that features above speak too."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms.catalogue.prerequisite_models import Prerequisite
from lms.people.wording import ROLES
from lms.web.i18n import local

APPROVER_LABELS = {
    "line_manager": _l("The line manager"),
    "agency": _l("The agency"),
    "provider": _l("The institute"),
}


def asked_words(line: Prerequisite) -> str:
    """What a line asks for."""
    if line.course is not None:
        return str(_("the course %(code)s", code=line.course.code))
    if line.item is not None:
        statement = f"{line.item.code} {local(line.item.statements)}"
        return str(_("%(competency)s at level %(level)s", competency=statement, level=line.least))
    if line.role is not None:
        return str(_("the role %(role)s", role=ROLES[line.role]))
    years = line.least or 0
    return str(ngettext("%(num)s year of service", "%(num)s years of service", years))


def group_words(group: Sequence[Prerequisite]) -> str:
    """What a group asks for: one of its lines."""
    words = asked_words(group[0])
    for line in group[1:]:
        words = str(_("%(this)s or %(that)s", this=words, that=asked_words(line)))
    return words


@dataclass(frozen=True)
class Missing:
    """The groups that somebody does not meet; written out in the language of who reads it."""

    groups: list[list[Prerequisite]]

    def __str__(self) -> str:
        """The groups in words."""
        return "; ".join(group_words(group) for group in self.groups)
