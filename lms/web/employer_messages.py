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
        "Not checked, and nothing counted. Your organisation's checks left today: %(left)s. The"
        " count begins anew at %(renews)s."
    ),
    "token-not-known": _l("No token was shown, or one that is not known or has ended."),
    "tokens-too-many": _l("Twenty tokens are open. End one that no program uses."),
    "api-not-json": _l('Send JSON: {"checks": [{"code": "…", "name": "…", "reference": "…"}]}.'),
    "api-too-many": _l("Send 1 to 500 checks in a request."),
    "api-bad-check": _l(
        "A check has a code and may have a name and a reference, each a short text, and nothing"
        " else."
    ),
    "watches-too-many": _l(
        "Your organisation can watch 20,000 certificates. End some watches, then try again."
    ),
    "run-moved-on": _l("This was confirmed already. The page shows where it stands."),
    "run-at-work": _l("The rows are being checked. Delete the run when it is done."),
}
