"""Verbs over people: organisations, users, roles, sign-in."""

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel import clock, text
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Role
from lms.people import passwords, queries
from lms.people.models import Organisation, OrganisationKind, RoleGrant, User

PASSWORD_LENGTH = 12


def create_organisation(
    code: str,
    name: str,
    kind: OrganisationKind,
    *,
    parent: Organisation | None = None,
    timezone: str = "Asia/Kuala_Lumpur",
) -> Organisation:
    """Add a node to the tree; raises Conflict when the code is taken."""
    organisation = Organisation(
        code=code,
        name=name,
        kind=kind.value,
        parent_id=parent.id if parent else None,
        timezone=timezone,
    )
    with unique_or("organisation-code-taken"):
        db.session.add(organisation)
    organisation.path = f"{parent.path if parent else '/'}{organisation.id}/"
    audit.record(None, "people.organisation.created", organisation, code=code)
    return organisation


def create_user(  # noqa: PLR0913  # a person has that many facts
    name: str,
    email: str,
    *,
    password: str | None = None,
    password_hash: str | None = None,
    locale: str = "ms",
    organisation: Organisation | None = None,
    by: int | None = None,
) -> User:
    """Add an account; raises Invalid for a short password, Conflict for a known address."""
    if password is not None and len(password) < PASSWORD_LENGTH:
        raise Invalid(fields={"password": "password-too-short"})
    if password is None and password_hash is None:
        raise Invalid(fields={"password": "password-too-short"})
    user = User(
        name=" ".join(name.split()),
        name_key=text.key(name),
        email=email.strip(),
        email_key=text.key(email),
        password_hash=password_hash or passwords.make_hash(password or ""),
        locale=locale,
        organisation_id=organisation.id if organisation else None,
    )
    with unique_or("email-taken"):
        db.session.add(user)
    audit.record(by, "people.user.created", user)
    return user


def grant_role(user: User, role: Role, organisation: Organisation, *, by: int | None) -> RoleGrant:
    """Give a role over an organisation and all below it; raises Conflict when held already."""
    grant = RoleGrant(
        user_id=user.id, role=role.value, organisation_id=organisation.id, granted_by_id=by
    )
    with unique_or("role-already-held"):
        db.session.add(grant)
    audit.record(
        by,
        "people.role.granted",
        user,
        sealed=True,
        role=role.value,
        organisation=organisation.code,
    )
    return grant


def authenticate(email: str, password: str) -> User:
    """The user whose address and password these are; raises Invalid('sign-in-failed').

    An unknown address costs one verification too, so that time does not tell. Reads only: the
    slow hash must not hold the one writer of SQLite.
    """
    user = queries.user_by_email(email)
    known = user.password_hash if user is not None else passwords.dummy_hash()
    right = passwords.matches(password, known)
    if user is None or not right or not user.is_active:
        raise Invalid("sign-in-failed")
    return user


def record_sign_in(user: User) -> None:
    """Note when a person came in."""
    user.signed_in_at = clock.now()
    audit.record(user.id, "people.user.signed_in", user)


def set_locale(user_id: int, locale: str) -> None:
    """Remember the language a person works in."""
    user = queries.user_by_id(user_id)
    if user is not None and locale in text.LANGUAGES:
        user.locale = locale


def set_password(user: User, password: str, *, by: int | None) -> None:
    """Replace a password; raises Invalid when it is shorter than twelve characters."""
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(fields={"password": "password-too-short"})
    user.password_hash = passwords.make_hash(password)
    audit.record(by, "people.user.password_set", user)
