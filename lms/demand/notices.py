"""Those who said that they are interested are told once what became of it, in their language."""

from collections.abc import Iterable

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.demand.models import Interest, UndatedOffering
from lms.mail import service as mail


def tell_dates(interests: Iterable[Interest], offering: Offering) -> int:
    """The days and the venue, and where to enrol; returns how many were told."""
    version = offering.course_version
    return _tell(
        interests,
        "demand/dates",
        offering=offering,
        titles=version.titles,
        zone=version.course.provider.timezone,
    )


def tell_dropped(undated: UndatedOffering, interests: Iterable[Interest], reason: str) -> int:
    """That it does not take place; returns how many were told."""
    version = catalogue_queries.published_of(undated.course_id)
    titles = version.titles if version else {"en": undated.course.code}
    return _tell(interests, "demand/dropped", titles=titles, reason=reason)


def _tell(interests: Iterable[Interest], kind: str, **words: object) -> int:
    told = 0
    for each in interests:
        about = mail.Subject(each.undated_offering.public_id)
        user = each.user
        mail.send(user.email, kind, user.locale, subject=about, name=user.name, **words)
        told += 1
    return told
