"""Sentences about what employers have checked."""

from flask_babel import lazy_gettext as _l

EMPLOYERS = {
    "checks-nothing": _l("Choose a file or paste some lines."),
    "checks-both": _l("Choose a file or paste lines, not both: empty one of them."),
    "checks-columns": _l(
        "The first line has to name the columns: code, and name and reference if you have them."
    ),
    "checks-no-code": _l("There is no code in any row."),
    "checks-too-many": _l("There are more than 10,000 rows. Hand them in in parts."),
    "checks-quota": _l(
        "Not checked: your organisation has %(left)s checks left today. The count begins anew on"
        " %(renews)s. The rows are kept until tomorrow."
    ),
    "run-moved-on": _l("This was confirmed already. The page shows where it stands."),
    "run-at-work": _l("The rows are being checked. Delete the run when it is done."),
}
