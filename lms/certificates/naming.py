"""What states and holds of certificates are called on pages; those of the paper: ``wording``."""

from flask_babel import lazy_gettext as _l

STATES = {
    "issued": _l("Issued"),
    "suspended": _l("Suspended"),
    "revoked": _l("Revoked"),
    "superseded": _l("Replaced"),
}
KINDS = {
    "attendance": _l("Certificate of attendance"),
    "completion": _l("Certificate of completion"),
    "competence": _l("Certificate of competence"),
    "award": _l("Postgraduate award"),
    "transcript": _l("Transcript"),
}
HOLD_REASONS = {
    "appeal": _l("An appeal is being decided"),
    "inquiry": _l("An inquiry is under way"),
    "identity": _l("The identity of the person is being checked"),
    "records": _l("The records are being put right"),
}
