"""The names of roles, as people read them."""

from flask_babel import lazy_gettext as _l

ROLES = {
    "administrator": _l("Administrator"),
    "registrar": _l("Registrar"),
    "auditor": _l("Auditor"),
    "course_manager": _l("Course manager"),
    "agency_coordinator": _l("Agency coordinator"),
    "trainer": _l("Trainer"),
}
