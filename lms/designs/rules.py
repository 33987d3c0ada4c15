"""What keeps a design from being published. Pure but for the setting of pages."""

from datetime import UTC, date, datetime, time
from functools import lru_cache

from lms.printing import design_rules, specimens
from lms.printing.content import CertificateContent
from lms.printing.design import Design
from lms.printing.design_rules import Fault
from lms.printing.values import values

IN_ALL_LANGUAGES = frozenset(("plain", "many", "annex", "award", "transcript"))
LANGUAGES = ("ms", "en", "id")


def broken(design: Design) -> list[Fault]:
    """What of a design breaks the rules, before anything is set."""
    return design_rules.faults(design.html, design.css)


def set_for(design: Design, person: CertificateContent, now: datetime) -> list[Fault]:
    """What does not fit on the certificate of one specimen."""
    # Loaded with the first one: what sets pages is a third of the program's start.
    from lms.printing import fit, press

    said = values(person, design.room, now)
    return fit.faults(press.lay_out(design, said), said)


def faults(design: Design, *, issuer: str, host: str, now: datetime) -> dict[Fault, str]:
    """All that is wrong with a design, each with the specimen that showed it ("" for none).

    It takes seconds, once a day for what is the same: whoever publishes looks before they lock.
    """
    return dict(_faults(design, issuer, host, now.astimezone(UTC).date()))


@lru_cache(maxsize=16)
def _faults(design: Design, issuer: str, host: str, day: date) -> tuple[tuple[Fault, str], ...]:
    refused = broken(design)
    if refused:
        return tuple((fault, "") for fault in refused)
    moment = datetime.combine(day, time(), UTC)
    found: dict[Fault, str] = {}
    for name in specimens.NAMES:
        for language in LANGUAGES if name in IN_ALL_LANGUAGES else LANGUAGES[:1]:
            person = specimens.specimen(name, language=language, issuer=issuer, host=host)
            for fault in set_for(design, person, moment):
                found.setdefault(fault, name)
    return tuple(found.items())
