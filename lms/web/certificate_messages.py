"""Sentences about certificates: what stands in the way of a deed, and what a check has found."""

from flask_babel import lazy_gettext as _l

CERTIFICATES = {
    "issued-already": _l("The certificate is issued already."),
    "pdf-not-ready": _l("The certificate is being made. Reload the page in a moment."),
    "check-valid": _l("The certificate is genuine and valid."),
    "check-not-logged": _l(
        "The public log knows nothing of this record, so nothing can be said. Ask the institute."
    ),
    "check-record-differs": _l(
        "The record and its signed credential differ, so nothing can be said. Ask the institute."
    ),
    "check-revoked": _l("The certificate is genuine but was revoked."),
    "check-superseded": _l("The certificate is genuine but was replaced by a newer one."),
    "check-suspended": _l("The certificate is genuine but suspended for now."),
    "check-expired": _l("The certificate is genuine but its validity has ended."),
    "check-not_yet_valid": _l("The certificate is genuine but its validity has not begun."),
    "check-unknown-code": _l("No certificate has this code. Check each character."),
    "check-unknown-file": _l("This file is not a certificate of ours."),
    "check-altered": _l("The file carries a signature of ours but not a certificate we know."),
    "check-altered-ok": _l("The signature holds, but the facts inside are not those we certified."),
    "check-altered-bad": _l("The file was changed after it was signed."),
    "check-altered-none": _l("The file speaks of a certificate of ours but is not signed by us."),
    "check-altered-foreign": _l("The file is signed, but not with a key of ours."),
    "check-distrusted": _l(
        "The file is signed with a key that is no longer trusted. Ask the holder for the new file."
    ),
    "check-signed-anew": _l(
        "This file was signed with a key that is no longer trusted. It is the one we issued, and "
        "the holder has a new one: ask for it."
    ),
    "check-signed-after-theft": _l(
        "This certificate was issued while somebody else may have had our key. We are looking at "
        "it. Ask the institute."
    ),
    "check-too-large": _l("The file is too large to be a certificate of ours."),
    "check-not-a-pdf": _l("The file is not a PDF. Upload the certificate as you received it."),
    "check-encrypted": _l("The file is locked with a password and cannot be checked."),
    "check-cannot_check": _l("The certificate cannot be checked at the moment. Try again later."),
    "share-too-many": _l("Twenty links to this certificate are open. End one of them first."),
    "batch-empty": _l("Everybody is left out. At least one person must get a certificate."),
    "batch-reason-missing": _l("Say why, for each person who is left out."),
    "batch-at-work": _l("Certificates of this offering are being issued already."),
    "batch-not-in-state": _l("This cannot be done with the batch as it stands now."),
    "log-out-of-range": _l("The log has no such entry or size."),
    "certificate-held": _l("The certificate is held back for now."),
    "hold-unknown-reason": _l("Choose one of the reasons."),
    "certificate-not-in-state": _l("This cannot be done with the certificate as it stands now."),
    "name-unchanged": _l("This is the name on the certificate already."),
    "name-unprintable": _l("The name has characters that cannot be printed. Type it anew."),
    "revocation-waits": _l("A revocation of this certificate waits for a second person."),
    "revocation-own": _l("You asked for this revocation, so another registrar decides."),
    "revocation-of-another": _l("Only whoever asked for it can take it back."),
    "revocation-decided": _l("Somebody has decided about this already. Look at it as it is now."),
}
