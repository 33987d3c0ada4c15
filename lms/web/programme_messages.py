"""Sentences for what stands in the way of a programme, or of an application to one."""

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
AWARDS = {
    "programme-being-changed": _l("The programme is being changed; nothing is issued meanwhile."),
    "programme-no-course-completed": _l("No course of the programme is completed yet."),
    "programme-not-admitted": _l("This person was not admitted to the programme."),
    "programme-group-not-met": _l("A group of courses is not completed yet."),
    "programme-credits-short": _l("Credits are missing."),
    "programme-took-too-long": _l("The programme took longer than it may."),
    "award-nobody": _l("Choose at least one person."),
    "award-too-many": _l("Choose at most a hundred people at once."),
    "award-unknown-kind": _l("Choose an award or a transcript."),
    "award-own": _l("What is your own is issued by another registrar."),
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
    "interview-not-ahead": _l("No interview is ahead for this application. Nothing was changed."),
    "slot-times": _l("The end is not after the beginning."),
    "slot-there-already": _l("This time is there already for this room or link."),
    "slot-chosen": _l(
        "Somebody has chosen this time. It cannot be taken back while they have it: call it off on"
        " the page of the application."
    ),
    "slot-taken": _l("Somebody was quicker and has this time. Choose another."),
    "slot-begun": _l("This time has begun already. Ask the institute for another."),
    "interview-not-held": _l("The interview has not been held yet."),
    "application-not-in-state": _l("This cannot be done with the application as it stands now."),
    "application-incomplete": _l("Something is missing. Look at your application again."),
    "offer-over": _l("The offer has run out; the place goes to somebody else."),
}
