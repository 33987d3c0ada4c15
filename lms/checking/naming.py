"""What was looked at in a check, in words."""

from dataclasses import dataclass
from functools import cache

from flask_babel import lazy_gettext as _l

from lms.certificates.rules import Axes
from lms.web import i18n

HEADINGS = {
    "valid": _l("This certificate is valid"),
    "expired": _l("This certificate has expired"),
    "not_yet_valid": _l("This certificate is not valid yet"),
    "revoked": _l("This certificate has been revoked"),
    "superseded": _l("This certificate has been replaced"),
    "suspended": _l("This certificate is suspended"),
    "cannot_check": _l("This certificate cannot be checked now"),
    "tampered": _l("This is not the certificate that was issued"),
    "unknown": _l("We do not know this certificate"),
}


def heading(outcome: str) -> str:
    """The verdict as the heading of its page, in the reader's language."""
    return _heading(i18n.spoken(), outcome)


@cache
def _heading(_language: str, outcome: str) -> str:
    return str(HEADINGS[outcome])


@dataclass(frozen=True)
class AxisWords:
    """One thing that was looked at: what, what was found, and how a page marks it."""

    what: object
    found: object
    tone: str


_NOT_CHECKED = (_l("Not checked"), "")
_AXES = {
    "signature": (
        _l("Signature on the file"),
        {
            "ok": (_l("Ours, on the whole file"), "ok"),
            "bad": (_l("Does not hold"), "bad"),
            "none": (_l("None of ours"), "bad"),
            "distrusted": (_l("By a key that is no longer trusted"), "warn"),
            "not_checked": (_l("Not checked: bring the file"), ""),
        },
    ),
    "period": (
        _l("Validity"),
        {
            "not_begun": (_l("Has not begun"), "warn"),
            "current": (_l("Today lies in it"), "ok"),
            "ended": (_l("Has ended"), "warn"),
            "not_checked": _NOT_CHECKED,
        },
    ),
    "status": (
        _l("Status in the register"),
        {
            "in_force": (_l("In force"), "ok"),
            "suspended": (_l("Suspended"), "warn"),
            "revoked": (_l("Revoked"), "bad"),
            "superseded": (_l("Replaced"), "warn"),
            "withdrawn": (_l("Revoked or replaced"), "bad"),
            "not_checked": _NOT_CHECKED,
        },
    ),
    "issuer": (
        _l("Issuer"),
        {
            "known": (_l("Issued here, and in the public log"), "ok"),
            "not_known": (_l("Not known"), "bad"),
        },
    ),
    "file": (
        _l("File"),
        {
            "issued": (_l("The very file that was issued"), "ok"),
            "genuine": (_l("A genuine print"), "ok"),
            "former": (_l("The very file that was issued, before it was signed anew"), "warn"),
            "altered": (_l("Changed after it was signed"), "bad"),
            "foreign": (_l("Not one of ours"), "bad"),
            "not_given": (_l("None was brought"), ""),
        },
    ),
}
_LOG = (
    _l("Public log"),
    {
        "ok": (_l("The receipt in the file holds"), "ok"),
        "bad": (_l("The receipt in the file does not hold"), "bad"),
        "not_checked": (_l("Not checked"), ""),
    },
)


def axes_words(axes: Axes) -> list[AxisWords]:
    """What was looked at, in the order in which people ask and in the reader's language."""
    return _axes_words(i18n.spoken(), axes)


@cache
def _axes_words(_language: str, axes: Axes) -> list[AxisWords]:
    return [_words(what, *words[getattr(axes, name)]) for name, (what, words) in _AXES.items()]


def _words(what: object, found: object, tone: str) -> AxisWords:
    return AxisWords(str(what), str(found), tone)


def every_word() -> list[tuple[str, AxisWords]]:
    """All that a check in the browser may find, each under the name "axis found"."""
    return [
        (f"{axis} {found}", AxisWords(what, *words))
        for axis, (what, known) in {**_AXES, "log": _LOG}.items()
        for found, words in known.items()
    ]
