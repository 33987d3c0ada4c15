"""Sentences for what stands in the way of a programme, an application or a withdrawal."""

from flask_babel import lazy_gettext as _l

PROGRAMMES = {
    "programme-code-taken": _l("Another programme has this code."),
    "programme-not-draft": _l("Only a draft can be changed. Take the programme back first."),
    "programme-state": _l("The programme is not in a state from which this can be done."),
    "programme-course-twice": _l("The course stands in this programme already."),
    "programme-least-missing": _l("Say how many courses or credits of the group are needed."),
    "programme-least-whole": _l("A number of courses is a whole number."),
    "programme-without-group": _l("The programme has no group of courses yet."),
    "programme-group-empty": _l("A group has no course yet."),
    "programme-course-unpublished": _l("A course of the programme is not published."),
    "programme-group-unreachable": _l("A group asks for more than its courses give."),
    "programme-not-published": _l("Applications are taken only for a published programme."),
}
ADMISSIONS = {
    "intake-name-taken": _l("Another intake of the programme has this name."),
    "intake-window": _l("The last day for applications is before the first."),
    "intake-places-taken": _l("More places than these are offered or taken already."),
    "intake-not-open": _l("Applications are not taken yet. Come back when they are."),
    "intake-closed": _l("The last day for applications has passed."),
    "intake-full": _l("All places of the intake are offered or taken."),
    "intake-without-interview": _l("This intake has no interviews."),
    "committee-member-twice": _l("This person is in the committee already."),
    "committee-no-quorum": _l("Too few members of the committee have recommended something."),
    "committee-no-majority": _l("No majority of the committee recommends to offer a place."),
    "slot-times": _l("The end is not after the beginning."),
    "slot-there-already": _l("This time is there already for this room or link."),
    "slot-chosen": _l("Somebody has chosen this time. It cannot be taken back any more."),
    "slot-taken": _l("Somebody was quicker and has this time. Choose another."),
    "slot-begun": _l("This time has begun already. Ask the institute for another."),
    "interview-not-held": _l("The interview has not been held yet."),
    "application-not-in-state": _l("This cannot be done with the application as it stands now."),
    "application-incomplete": _l("Something is missing. Look at your application again."),
    "offer-over": _l("The offer has run out; the place goes to somebody else."),
}
WITHDRAWALS = {
    "share-too-many": _l("Twenty links to this certificate are open. End one of them first."),
    "batch-empty": _l("Everybody is left out. At least one person must get a certificate."),
    "batch-reason-missing": _l("Say why, for each person who is left out."),
    "batch-at-work": _l("Certificates of this offering are being issued already."),
    "batch-not-in-state": _l("This cannot be done with the batch as it stands now."),
    "log-out-of-range": _l("The log has no such entry or size."),
    "certificate-not-in-state": _l("This cannot be done with the certificate as it stands now."),
    "name-unchanged": _l("This is the name on the certificate already."),
    "name-unprintable": _l("The name has characters that cannot be printed. Type it anew."),
    "revocation-waits": _l("A revocation of this certificate waits for a second person."),
    "revocation-own": _l("You asked for this revocation, so another registrar decides."),
    "revocation-of-another": _l("Only whoever asked for it can take it back."),
    "revocation-decided": _l("Somebody has decided about this already. Look at it as it is now."),
}
