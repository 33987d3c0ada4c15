"""What the codes of the trail mean to people, in their language.

A test compares the actions with those recorded anywhere in the program, both ways.
"""

from flask_babel import lazy_gettext as _l

ACTIONS = {
    "assessment.created": _l("Assessment added"),
    "assessment.criterion.added": _l("Criterion added to the rubric"),
    "assessment.feedback.changed": _l("Feedback changed"),
    "assessment.graded": _l("Criterion graded"),
    "assessment.released": _l("Result released"),
    "assessment.submitted": _l("Work handed in"),
    "catalogue.course.created": _l("Course created"),
    "catalogue.course.edited": _l("Draft of the course edited"),
    "catalogue.course.published": _l("Course published"),
    "catalogue.item.mapped": _l("Competency mapped"),
    "catalogue.offering.closed": _l("Enrolment closed"),
    "catalogue.offering.created": _l("Offering created"),
    "catalogue.offering.opened": _l("Enrolment opened"),
    "catalogue.programme.created": _l("Programme created"),
    "catalogue.staff.added": _l("Trainer or assessor named"),
    "certificates.issued": _l("Certificate issued"),
    "certificates.pdf_filed": _l("PDF of the certificate filed"),
    "competency.attained": _l("Competency attained"),
    "competency.judged": _l("Competency judged"),
    "enrolment.attendance.recorded": _l("Attendance recorded"),
    "enrolment.enrolled": _l("Place taken"),
    "enrolment.promoted": _l("Moved up from the waiting list"),
    "enrolment.withdrawn": _l("Place given up"),
    "jobs.retried": _l("Job tried anew"),
    "people.accounts.merged": _l("Accounts merged"),
    "people.accounts.parted": _l("Merge undone"),
    "people.identity.entered": _l("Identity number entered"),
    "people.identity.erased": _l("Identity number erased"),
    "people.identity.found": _l("Found by identity number"),
    "people.identity.unmasked": _l("Identity number shown"),
    "people.invitation.accepted": _l("Invitation accepted"),
    "people.invitation.made": _l("Invitation made"),
    "people.invitation.sent_again": _l("Invitation sent again"),
    "people.invitation.withdrawn": _l("Invitation withdrawn"),
    "people.membership.changed": _l("Organisation joined or left"),
    "people.organisation.created": _l("Organisation created"),
    "people.password.reset_asked": _l("Link for a new password asked for"),
    "people.proposal.confirmed": _l("Proposal of a role confirmed"),
    "people.proposal.declined": _l("Proposal of a role declined"),
    "people.proposal.made": _l("Role proposed"),
    "people.role.granted": _l("Role granted"),
    "people.role.revoked": _l("Role ended"),
    "people.second_factor.removed": _l("Second factor removed"),
    "people.second_factor.set": _l("Second factor set up"),
    "people.secrets.resealed": _l("Sealed under a new data key"),
    "people.session.ended": _l("Session ended"),
    "people.sessions.ended": _l("Sessions ended"),
    "people.user.created": _l("Account created"),
    "people.user.password_set": _l("Password set"),
    "people.user.sign_in_refused": _l("Sign-in refused"),
    "people.user.signed_in": _l("Signed in"),
    "standards.framework.imported": _l("Framework imported"),
    "standards.import.checked": _l("Import file checked"),
    "standards.import.taken_over": _l("Import taken over"),
}
OBJECTS = {
    "assessment": _l("Assessment"),
    "attainment": _l("Attainment"),
    "attendance": _l("Attendance"),
    "certificate": _l("Certificate"),
    "course": _l("Course"),
    "course_version": _l("Course version"),
    "enrolment": _l("Enrolment"),
    "framework": _l("Framework"),
    "framework_import": _l("Import"),
    "job": _l("Job"),
    "invitation": _l("Invitation"),
    "judgement": _l("Judgement"),
    "offering": _l("Offering"),
    "organisation": _l("Organisation"),
    "personal_key": _l("Personal key"),
    "programme": _l("Programme"),
    "rubric_criterion": _l("Criterion"),
    "second_factor": _l("Second factor"),
    "submission": _l("Submission"),
    "user_account": _l("Account"),
    "user_session": _l("Session"),
}
FACTS = {
    "account": _l("Account closed by merging"),
    "certificate": _l("Certificate"),
    "code": _l("Code"),
    "comment": _l("Comment (digest)"),
    "contents": _l("Contents"),
    "count": _l("Number of them"),
    "counts": _l("Counts"),
    "cpd": _l("CPD points"),
    "credential": _l("Digest of the credential"),
    "credit": _l("Credit"),
    "criterion": _l("Criterion"),
    "deed": _l("What is proposed"),
    "digest": _l("Digest of the file"),
    "event": _l("Grade event"),
    "faults": _l("Faults"),
    "framework": _l("Framework"),
    "item": _l("Competency"),
    "key": _l("Number of the key"),
    "languages": _l("Languages"),
    "level": _l("Level"),
    "minutes": _l("Minutes"),
    "mode": _l("How people meet"),
    "name": _l("Name"),
    "number": _l("Number"),
    "organisation": _l("Organisation"),
    "outcome": _l("Outcome"),
    "outcomes": _l("Learning outcomes"),
    "presence": _l("Presence"),
    "reason": _l("Reason"),
    "role": _l("Role"),
    "score": _l("Score"),
    "serial": _l("Serial number"),
    "state": _l("State"),
    "stuck": _l("Could not be opened"),
    "summaries": _l("Summary"),
    "ticket": _l("Queue number"),
    "titles": _l("Title"),
    "total": _l("Total"),
    "user": _l("Person"),
    "validity_months": _l("Months of validity"),
}


def action(code: str) -> str:
    """What was done; a code nobody knows stands for itself."""
    return str(ACTIONS.get(code, code))


def kind(object_type: str) -> str:
    """What kind of object it was done to."""
    return str(OBJECTS.get(object_type, object_type))


def fact(name: str) -> str:
    """The label of a detail."""
    return str(FACTS.get(name, name))
