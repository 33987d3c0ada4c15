"""Who may do what: one enum, one table of predicates, default deny. No database, no HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lms.kernel.errors import Forbidden


class Role(StrEnum):
    """Roles granted over an organisation and everything below it."""

    TRAINER = "trainer"
    COURSE_MANAGER = "course_manager"
    REGISTRAR = "registrar"
    AGENCY_COORDINATOR = "agency_coordinator"
    EMPLOYER_CHECKER = "employer_checker"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """Everything that can be allowed, as ``scope:noun:verb``."""

    ADMISSIONS_APPLICATION_CREATE = "admissions:application:create"
    ADMISSIONS_APPLICATION_DECIDE = "admissions:application:decide"
    ADMISSIONS_APPLICATION_JUDGE = "admissions:application:judge"
    ADMISSIONS_INTAKE_EDIT = "admissions:intake:edit"
    ADMISSIONS_INTAKE_READ = "admissions:intake:read"
    ASSESSMENT_SUBMISSION_CREATE = "assessment:submission:create"
    ASSESSMENT_SUBMISSION_MARK = "assessment:submission:mark"
    ASSESSMENT_SUBMISSION_READ = "assessment:submission:read"
    AUDIT_ENTRY_READ = "audit:entry:read"
    CATALOGUE_COURSE_EDIT = "catalogue:course:edit"
    CATALOGUE_COURSE_REVIEW = "catalogue:course:review"
    CATALOGUE_OFFERING_EDIT = "catalogue:offering:edit"
    CATALOGUE_OFFERING_TEACH = "catalogue:offering:teach"
    CERTIFICATES_CERTIFICATE_HOLD = "certificates:certificate:hold"
    CERTIFICATES_CERTIFICATE_ISSUE = "certificates:certificate:issue"
    CERTIFICATES_CERTIFICATE_READ = "certificates:certificate:read"
    CERTIFICATES_TRACE_READ = "certificates:trace:read"
    DEMAND_INTEREST_CREATE = "demand:interest:create"
    DEMAND_UNDATED_EDIT = "demand:undated:edit"
    DESIGNS_DESIGN_CHANGE = "designs:design:change"
    EMPLOYERS_RUN_MAKE = "employers:run:make"
    EMPLOYERS_TOKEN_MAKE = "employers:token:make"  # noqa: S105  # the name of a permission
    EMPLOYERS_WATCH_KEEP = "employers:watch:keep"
    ENROLMENT_AGENCY_READ = "enrolment:agency:read"
    ENROLMENT_APPROVAL_DECIDE = "enrolment:approval:decide"
    ENROLMENT_ATTENDANCE_RECORD = "enrolment:attendance:record"
    ENROLMENT_ENROLMENT_CREATE = "enrolment:enrolment:create"
    ENROLMENT_ENROLMENT_READ = "enrolment:enrolment:read"
    ENROLMENT_NOMINATION_CREATE = "enrolment:nomination:create"
    JOBS_JOB_MANAGE = "jobs:job:manage"
    JOBS_WORK_READ = "jobs:work:read"
    PEOPLE_ACCOUNT_USE = "people:account:use"
    PEOPLE_IDENTITY_READ = "people:identity:read"
    PEOPLE_INVITATION_SEND = "people:invitation:send"
    PEOPLE_MEMBERSHIP_END = "people:membership:end"
    PEOPLE_USER_MANAGE = "people:user:manage"
    PROGRAMMES_PROGRAMME_EDIT = "programmes:programme:edit"
    SHARING_LINK_CREATE = "sharing:link:create"
    SHEETS_SHEET_USE = "sheets:sheet:use"
    STANDARDS_FRAMEWORK_IMPORT = "standards:framework:import"
    TIMETABLE_ROOM_EDIT = "timetable:room:edit"
    WITHDRAWALS_CERTIFICATE_CHANGE = "withdrawals:certificate:change"


@dataclass(frozen=True)
class Grant:
    """A role over the organisation at ``path`` (``/1/4/``) and all below it."""

    role: Role
    path: str


def is_root(path: str) -> bool:
    """Whether a path (``/1/``, not ``/1/4/``) is that of an organisation without a parent."""
    return path.count("/") == 2


@dataclass(frozen=True)
class Actor:
    """Who acts: plain values, loaded once a request. ``user_id`` is None for nobody."""

    user_id: int | None = None
    organisation_path: str | None = None
    grants: tuple[Grant, ...] = field(default=())

    def holds(self, role: Role, path: str | None = None) -> bool:
        """Whether the role is held over the organisation at ``path`` (anywhere when None)."""
        return any(
            grant.role == role and (path is None or path.startswith(grant.path))
            for grant in self.grants
        )

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """The organisations over which any of the roles is held."""
        return tuple(grant.path for grant in self.grants if grant.role in roles)


NOBODY = Actor()

Predicate = Callable[[Actor, Any], bool]
Alternatives = tuple[tuple[Predicate, ...], ...]

RULES: dict[Permission, Alternatives] = {}


def allow(permission: Permission, *alternatives: tuple[Predicate, ...]) -> None:
    """State the alternatives (OR) of conditions (AND) under which a permission is given."""
    RULES[permission] = alternatives


def allowed(actor: Actor, permission: Permission, subject: object = None) -> bool:
    """Default deny: a permission nobody stated is given to nobody."""
    return any(
        all(predicate(actor, subject) for predicate in alternative)
        for alternative in RULES.get(permission, ())
    )


def require(actor: Actor, permission: Permission, subject: object = None) -> None:
    """Raise ``Forbidden`` unless allowed."""
    if not allowed(actor, permission, subject):
        raise Forbidden


def signed_in(actor: Actor, subject: object) -> bool:
    """Anybody with an account."""
    del subject
    return actor.user_id is not None


def holds_anywhere(*roles: Role) -> Predicate:
    """One of the roles over any organisation at all: for screens before an object is chosen."""

    def predicate(actor: Actor, subject: object) -> bool:
        del subject
        return any(actor.holds(role) for role in roles)

    return predicate
