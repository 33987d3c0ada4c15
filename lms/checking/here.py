"""The words of the page that checks a file without uploading it.

The rule itself runs in the browser (static/js/check), and its scripts word nothing: they show
what is translated here, by the same codes that the check without us uses.
"""

from flask_babel import lazy_gettext as _l

from lms.certificates.rules import Outcome

VERDICTS = {
    "valid": (
        Outcome.VALID,
        _l("Genuine and valid: signed by the issuer, unchanged, and not withdrawn."),
    ),
    "expired": (Outcome.EXPIRED, _l("Genuine, but its validity has ended.")),
    "not-yet-valid": (Outcome.NOT_YET_VALID, _l("Genuine, but its validity has not begun.")),
    "withdrawn": (Outcome.REVOKED, _l("Genuine, but revoked or replaced.")),
    "not-ours": (Outcome.UNKNOWN, _l("Not a certificate of this issuer.")),
    "distrusted": (
        Outcome.UNKNOWN,
        _l("Signed with a key that is no longer trusted. Ask the holder for the new file."),
    ),
    "altered": (
        Outcome.TAMPERED,
        _l("Altered after it was signed, or signed by somebody else in our name."),
    ),
    "credential-unsound": (
        Outcome.TAMPERED,
        _l("The credential in it is not one that this issuer signed."),
    ),
    "receipt-unsound": (
        Outcome.TAMPERED,
        _l("The receipt of the public log in it does not hold."),
    ),
    "list-missing": (
        Outcome.CANNOT_CHECK,
        _l("Genuine, but the list of what was withdrawn could not be fetched. Try again later."),
    ),
    "list-too-old": (
        Outcome.CANNOT_CHECK,
        _l("Genuine, but the list of what was withdrawn is too old. Try again later."),
    ),
    "list-unsound": (
        Outcome.CANNOT_CHECK,
        _l("Genuine, but the list of what was withdrawn is not signed by the issuer."),
    ),
    "not-reached": (
        Outcome.CANNOT_CHECK,
        _l("The keys of the issuer could not be fetched. Look at your connection and try again."),
    ),
    "too-slow": (Outcome.CANNOT_CHECK, _l("The file could not be read in time.")),
    "needs-upload": (
        Outcome.CANNOT_CHECK,
        _l("This page cannot read the file to its end. Upload it instead."),
    ),
}
"""What the scripts answer, with the verdict that each code means."""
