"""What the states of a certificate are called on pages; the words of the paper are in wording."""

from flask_babel import lazy_gettext as _l

STATES = {
    "issued": _l("Issued"),
    "suspended": _l("Suspended"),
    "revoked": _l("Revoked"),
    "superseded": _l("Replaced"),
}
