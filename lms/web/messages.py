"""Error codes of the domain and the sentences people read for them, in their language.

Services and rules raise codes; only here do they become words. A test compares the codes in use
with this registry, so a code without a sentence is found before a person meets it.
"""

from functools import cache

from flask_babel import lazy_gettext as _l

from lms.web import i18n
from lms.web.certificate_messages import CERTIFICATES
from lms.web.design_messages import DESIGNS
from lms.web.employer_messages import EMPLOYERS
from lms.web.file_messages import FILES, IMPORTS, MEETINGS, SHEETS
from lms.web.programme_messages import ADMISSIONS, AWARDS, PROGRAMMES

_GENERAL = {
    "not-found": _l("This page or record does not exist, or you may not see it."),
    "forbidden": _l("Your role does not allow this."),
    "conflict": _l("Something has changed since you opened the page. Look again, then decide."),
    "invalid": _l("Some answers cannot be accepted yet. Each is explained below."),
    "gone": _l("Somebody has removed this meanwhile. Nothing was saved."),
    "stale": _l("Somebody else changed this record while you were editing. Compare, then save."),
    "unknown-field": _l(
        "Something was sent that this form does not ask for, so nothing was saved."
        " Reload the page and try again."
    ),
    "foreign-origin": _l(
        "This was sent from another website, so it was not done. Open the page here and try again."
    ),
    "request-key-used": _l(
        "This form was sent before with other words, so it was not done again."
        " Reload the page and try again."
    ),
    "request-key-unsound": _l(
        "The key of this request is not one: 16 to 64 letters, digits, hyphens and underscores."
    ),
    "csrf": _l("The form was open too long or came from another page. Send it again."),
}
_PEOPLE = {
    "sign-in-failed": _l("The e-mail address or the password is not right. Try again."),
    "password-too-short": _l("Choose a longer password: at least 12 characters."),
    "password-too-long": _l("Choose a shorter password: at most 128 characters."),
    "password-easy": _l(
        "This password is easy to guess: it is, or is made of, words and passwords that others"
        " know. Four words that do not belong together make a good one."
    ),
    "password-not-right": _l("This is not your present password."),
    "second-factor-wrong": _l(
        "This code is not right, or was used already. Wait for the next one and enter that."
    ),
    "passkey-wrong": _l("The passkey was not taken. Try again, or use another way."),
    "passkey-known": _l("This passkey is kept already."),
    "passkeys-many": _l("Ten passkeys are kept. Remove one that you no longer use."),
    "passkeys-need-a-name": _l(
        "Passkeys need a host name: they do not work where the server is reached by a number."
    ),
    "second-factor-demanded": _l("Your role needs a second factor: it can only be replaced."),
    "too-many-tries": _l("There were too many tries. Wait %(seconds)s seconds, then try again."),
    "reset-token-spent": _l("This link was used already or is too old. Ask for a new one."),
    "email-taken": _l("There is an account with this e-mail address already."),
    "organisation-code-taken": _l("Another organisation has this code."),
    "role-already-held": _l("The person holds this role there already."),
    "role-own": _l("Nobody gives roles to themselves or takes them. Ask another administrator."),
    "role-above-own": _l(
        "You can give and take roles below your own, over your own organisations only."
    ),
    "role-proposed-already": _l("This is proposed already and waits for a second administrator."),
    "proposal-closed": _l("This proposal was decided already, is too old, or has lost its ground."),
    "name-missing": _l("Enter the name."),
    "name-not-plain": _l("Enter the name alone, without signs such as / : @ or brackets."),
    "address-wrong": _l("This is not an e-mail address. It looks like siti@agency.example."),
    "language-unknown": _l("Choose one of the languages."),
    "organisation-out-of-reach": _l("Choose one of your organisations."),
    "invited-already": _l("Somebody invited this person a moment ago."),
    "invitation-closed": _l("This invitation was accepted, withdrawn, or is too old."),
    "invitation-spent": _l("This link was used already or is too old. Ask to be invited again."),
    "identity-signs": _l("The number has letters and digits only."),
    "identity-mykad": _l("A MyKad number has 12 digits: date of birth, place, and four more."),
    "identity-nik": _l("A NIK has 16 digits."),
    "identity-passport": _l("A passport number has 6 to 20 letters and digits."),
    "identity-entered-already": _l("A number is kept already. Ask an administrator to erase it."),
    "identity-not-taken": _l("This number cannot be kept here. Ask your registrar."),
    "identity-unknown": _l("Nobody you look after has this number."),
    "reason-missing": _l("Say why."),
    "merge-same-account": _l("These are not two accounts. Name another one."),
    "merge-account-unknown": _l("Nobody you look after has this address."),
    "merge-own": _l("Nobody merges their own account. Ask another administrator."),
    "merge-old-has-roles": _l("The account to be closed holds a role. End its roles first."),
    "merge-old-has-number": _l(
        "The account to be closed holds the identity number. Keep that one, or erase the number."
    ),
    "merge-rows-clash": _l(
        "Both accounts have such a record where one person can have only one. Solve that first."
    ),
    "merge-teaches-own-course": _l("One account teaches a course that the other is enrolled in."),
    "merge-marked-own-work": _l("One account marked or released work of the other."),
    "merge-changed": _l("Something stands in the way since you looked. Look again."),
    "merge-undo-too-late": _l("A merge can be undone within 24 hours, once."),
    "account-closed": _l("This account is closed."),
    "staff-already": _l("The person is on the staff of this offering already."),
}
_CATALOGUE = {
    "course-code-taken": _l("Another course has this code."),
    "offering-code-taken": _l("Another offering has this code."),
    "item-mapped-already": _l("The course is mapped to this competency already."),
    "course-version-frozen": _l("This version is published and can no longer be changed."),
    "course-not-published": _l("Publish the course first; then offerings can be opened."),
    "course-version-draft": _l("This version is a draft again. Look at it, then decide."),
    "course-version-review": _l(
        "This draft is in review and cannot be changed. Take it back first, or wait for the answer."
    ),
    "course-version-published": _l("Somebody else has published this version already."),
    "course-version-retired": _l("This version is no longer offered."),
    "course-has-draft": _l("A new version of this course is being written already."),
    "course-has-newer-version": _l(
        "Another version of this course is published. Retire that one before you bring this back."
    ),
    "course-retired": _l("This version is no longer offered: no new offering can be made of it."),
    "review-of-own-sending": _l(
        "You sent this draft to review, so another course manager has to publish or return it."
    ),
    "review-of-own-words": _l(
        "You were the last to change this draft, so another course manager has to publish or"
        " return it."
    ),
    "review-not-yours": _l(
        "Only who sent or wrote the draft takes it back. You may return it with remarks."
    ),
    "line-manager-unknown": _l("Nobody else of this organisation has this address."),
    "service-own": _l("Nobody notes their own years of service. Ask a colleague with this role."),
    "admit-own": _l("Nobody admits themselves. Ask another course manager."),
    "prerequisite-already": _l("This is asked for in that group already."),
    "prerequisite-itself": _l("A course cannot ask for itself."),
    "prerequisite-number": _l("Enter the level or the years: a whole number from 1."),
    "prerequisites-missing": _l(
        "A place in this course needs %(missing)s. Nothing was changed. If you think that this is"
        " wrong, ask the institute: a course manager can admit people for a reason."
    ),
    "promise-not-open": _l("This place was taken or the promise has ended. Nothing was changed."),
    "promise-void": _l(
        "Whoever promised you this place does not admit people to this course any more, so you have"
        " no place. The course managers see this. Ask them for a new promise."
    ),
    "promise-withdrawn": _l(
        "The institute has withdrawn this promise; a mail has told you why. If you think that this"
        " is wrong, ask the institute."
    ),
    "promise-over": _l("The link is too old. Ask for another one."),
    "remarks-missing": _l("Say what has to be changed."),
    "course-title-missing": _l("The course has no title yet."),
    "course-hours-missing": _l("The course has no hours yet."),
    "course-assesses-nothing": _l(
        "A certificate of competence needs at least one competency that the course assesses."
    ),
    "course-item-not-assessed": _l(
        "A competency the course promises to assess has no criterion that can show its level."
    ),
    "offering-impossible": _l("The dates or the number of places do not fit together."),
    "offering-cancelled": _l("This offering is cancelled."),
    "offering-over": _l("This offering is over."),
    "offering-in-the-past": _l("Choose a day from today on."),
    "offering-not-moved": _l("Neither the first day nor the venue has changed."),
    "offering-closed": _l("Enrolment for this offering has closed."),
    "offering-not-open": _l("This offering does not take enrolments."),
    "offering-not-yet-open": _l("Enrolment for this offering has not opened yet."),
}
_TIMETABLE = {
    "choice-alone": _l("Nothing else is held at that time: everybody attends this session."),
    "choice-full": _l(
        "The room of this session is full. Nothing was changed: choose another one of that time."
    ),
    "choice-over": _l(
        "This session, or the one you chose instead, has begun. Your choice stays as it was."
    ),
    "undated-over": _l("The dates are set already, or it does not take place."),
    "undated-offering-taken": _l("This offering is named for another announcement already."),
    "interest-people": _l("Coordinators enter how many officers would come, from 1 to 500."),
    "interest-of-agency": _l("A colleague has said already how many officers of your agency come."),
    "reminder-days-wrong": _l("Give a number from 0 to 30."),
    "double-booked": _l("Look at what is booked twice. Tick the box below if it is meant."),
    "room-name-taken": _l("This venue has a room of that name already."),
    "room-of-another": _l("Choose a room of this provider."),
    "session-outside-days": _l(
        "Choose one of the days of the offering. Move the offering if all of it is on other days."
    ),
    "session-ends-first": _l("Enter an end that is after the beginning."),
    "session-link": _l("Enter a link that begins with https:// and holds no password or space."),
    "session-has-roll": _l(
        "The roll of this class session has been taken, so its time stays as it was."
    ),
}
_ENROLMENT = {
    "already-enrolled": _l("The person is enrolled in this offering already."),
    "place-has-ended": _l("This place has ended already."),
    "place-not-in-state": _l("That is not possible for this place as it stands now."),
    "approval-not-open": _l("This is decided already, or somebody else decides first."),
    "offer-lapsed": _l("The offer has run out; the seat goes to the next person."),
    "offering-not-begun": _l("The course has not begun yet."),
    "seat-kind-missing": _l("Choose whether to take part at the venue or online."),
    "capacity-below-taken": _l(
        "%(taken)s people have a seat. Say that this is meant, or enter a higher number."
    ),
    "capacity-impossible": _l("Enter a number of seats, or 0."),
    "terms-already": _l("This agency has terms in this offering already."),
    "terms-impossible": _l("These numbers do not fit together."),
    "substitute-of-another-agency": _l("A seat goes to a colleague of the same office only."),
    "withdrawn-already": _l("This enrolment is withdrawn already."),
    "withdrawal-too-late": _l("The course is over; its places can no longer be given up."),
    "not-confirmed": _l("The enrolment is not confirmed."),
    "presence-unknown": _l("Choose present, late, in part, absent or excused for each person."),
    "presence-minutes": _l("Minutes are a number from 1 to the length of the session."),
    "check-in-too-early": _l("Check-in opens half an hour before the session."),
    "check-in-over": _l("The session is over. Ask the trainer to note you."),
    "check-in-code": _l("This is not the code that the room shows now. Enter the present one."),
    "checked-in-already": _l("The roll has noted you already."),
    "attendance-short": _l("Too few sessions were attended."),
}
_SURVEYS = {
    "survey-not-open": _l("The survey opens on the last day of the course."),
    "survey-returned-already": _l("You have returned this survey already."),
    "survey-raced": _l("Somebody else returned the survey in the same moment. Send it again."),
    "survey-incomplete": _l("Choose an answer to each question."),
    "survey-remark-long": _l("A remark has at most 2,000 characters. Shorten it."),
    "survey-missing": _l("The survey is not returned yet."),
}
_ASSESSMENT = {
    "assessment-code-taken": _l("Another assessment of this course has this code."),
    "rubric-levels-fall": _l("A criterion needs two levels or more, and scores that never fall."),
    "rubric-best-score": _l("The best score of a criterion must equal its weight."),
    "rubric-level-unreachable": _l("The level that is needed cannot be reached by this rubric."),
    "submission-raced": _l("Your work was handed in from another window a moment ago."),
    "graded-by-another": _l("Somebody else graded this criterion a moment ago. Look again."),
    "result-released": _l("The result is released and can no longer be changed here."),
    "remark-too-long": _l("A remark has at most 2,000 characters. Shorten it."),
    "remark-without-level": _l("Choose a level for each criterion that has a remark."),
    "own-work": _l("Nobody marks or releases their own work."),
    "marking-incomplete": _l("Not every criterion is marked yet."),
    "below-pass-mark": _l("The total is below the pass mark."),
    "mandatory-criterion-short": _l("A criterion that must be met is not met."),
    "results-missing": _l("Not every result is passed and released."),
}
_COMPETENCY = {
    "judged-already": _l("This competency is judged already on this evidence."),
    "no-evidence": _l("There is no evidence for this competency yet."),
    "criterion-below-level": _l("A criterion was graded below the level that is needed."),
    "competency-missing": _l("A competency the course assesses is not attained yet."),
    "trace-other-person": _l("The competency was attained by another person."),
    "trace-no-judgement": _l("No judgement of competence stands behind the claim."),
    "trace-no-evidence": _l("No graded criterion stands behind the judgement."),
    "trace-other-item": _l("A grade belongs to another competency."),
    "trace-own-assessor": _l("The holder graded their own work."),
    "trace-no-file": _l("A graded submission has no file."),
    "trace-rule-disagrees": _l("The rule of judgement does not give the outcome that is recorded."),
}
_JOBS = {
    "job-not-dead": _l("This job is not given up, or somebody tries it again already."),
}
SENTENCES = {
    **_GENERAL,
    **_PEOPLE,
    **FILES,
    **_CATALOGUE,
    **_TIMETABLE,
    **_ENROLMENT,
    **EMPLOYERS,
    **MEETINGS,
    **AWARDS,
    **PROGRAMMES,
    **ADMISSIONS,
    **CERTIFICATES,
    **DESIGNS,
    **_SURVEYS,
    **_ASSESSMENT,
    **_COMPETENCY,
    **_JOBS,
    **IMPORTS,
    **SHEETS,
}


def sentence(error_code: str, **params: object) -> str:
    """The sentence for a code; an unknown code raises KeyError."""
    text = _worded(error_code, i18n.spoken())
    return text % params if params else text


@cache
def _worded(error_code: str, _language: str) -> str:
    return str(SENTENCES[error_code])
