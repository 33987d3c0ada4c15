"""The names of roles, languages and states, as people read them."""

from flask_babel import lazy_gettext as _l

ROLES = {
    "administrator": _l("Administrator"),
    "registrar": _l("Registrar"),
    "auditor": _l("Auditor"),
    "course_manager": _l("Course manager"),
    "agency_coordinator": _l("Agency coordinator"),
    "employer_checker": _l("Checker of certificates"),
    "trainer": _l("Trainer"),
}

LANGUAGES = {"ms": "Bahasa Melayu", "en": "English", "id": "Bahasa Indonesia"}
NUMBERS = {
    "mykad": _l("MyKad (Malaysia)"),
    "nik": _l("NIK (Indonesia)"),
    "passport": _l("Passport"),
}
RECORDS = {
    "attainment": _l("Attained competencies"),
    "certificate": _l("Certificates"),
    "application": _l("Applications to programmes"),
    "enrolment": _l("Places in courses"),
    "judgement": _l("Judgements"),
    "course_version": _l("Courses written"),
    "interest": _l("Interest in courses without dates"),
    "sheet_row": _l("Rows of sheets"),
    "user_account": _l("People who report to the account"),
    "offering_staff": _l("Courses taught"),
}
INVITATIONS = {
    "open": _l("sent"),
    "accepted": _l("accepted"),
    "withdrawn": _l("withdrawn"),
    "expired": _l("too old"),
}
