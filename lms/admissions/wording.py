"""What admissions are called in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

STATES = {
    "draft": _l("Being written"),
    "sent": _l("With the committee"),
    "returned": _l("Returned for more"),
    "interview": _l("Invited to an interview"),
    "offered": _l("A place is offered"),
    "accepted": _l("Admitted"),
    "declined": _l("Place not taken"),
    "lapsed": _l("Offer ran out"),
    "refused": _l("Not admitted"),
    "withdrawn": _l("Withdrawn"),
}
TONES = {
    "offered": "ok",
    "accepted": "ok",
    "interview": "warn",
    "returned": "warn",
    "refused": "bad",
    "lapsed": "bad",
}
KINDS = {
    "transcript": _l("Transcript"),
    "reference": _l("Letter of reference"),
    "other": _l("Another document"),
}
# Of the national qualifications frameworks, which count alike from 1 to 8.
LEVELS = {
    3: _l("School leaving certificate (level 3)"),
    4: _l("Diploma (level 4)"),
    5: _l("Advanced diploma (level 5)"),
    6: _l("Bachelor's degree (level 6)"),
    7: _l("Master's degree (level 7)"),
    8: _l("Doctorate (level 8)"),
}
MISSING = {
    "qualification": _l("Your qualification and years of practice"),
    "statement": _l("Why you want to study this"),
    "plea": _l("Why you should be considered although you meet no entry rule"),
    "transcripts": _l("A transcript for each that is asked for"),
    "letters": _l("As many letters of reference as are asked for"),
}


def route_words(level: int, years: int) -> str:
    """One entry rule."""
    words = str(LEVELS[level])
    if not years:
        return words
    return str(
        ngettext(
            "%(qualification)s and %(num)s year of practice",
            "%(qualification)s and %(num)s years of practice",
            years,
            qualification=words,
        )
    )


def routes_words(routes: dict[str, int]) -> list[str]:
    """All entry rules, the highest qualification first; any of them will do."""
    if not routes:
        return [str(_("Everybody may apply"))]
    return [route_words(int(level), routes[level]) for level in sorted(routes, reverse=True)]
