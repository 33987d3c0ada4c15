"""Verbs over people: organisations, users, roles, sign-in."""

from datetime import datetime

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel import text
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Role
from lms.people import passwords, queries, resets, sessions
from lms.people.models import Organisation, OrganisationKind, RoleGrant, User


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
    """Add an account; raises Invalid for an easy password, Conflict for a known address."""
    if password_hash is None:
        resets.check(password or "", name, email)
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
    sessions.renewal_due(user.id)
    audit.record(
        by,
        "people.role.granted",
        user,
        sealed=True,
        organisation=organisation.code,
        changes={"role": [None, role.value]},
    )
    return grant


def revoke_role(grant: RoleGrant, user: User, *, by: int | None) -> None:
    """End a role at once; the person's sessions get new secrets."""
    sessions.renewal_due(user.id)
    audit.record(
        by,
        "people.role.revoked",
        user,
        sealed=True,
        organisation=grant.organisation.code,
        changes={"role": [grant.role, None]},
    )
    db.session.delete(grant)
    db.session.flush()


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


def record_refusal(email: str) -> None:
    """Note a sign-in that failed, on the account when there is one.

    Of an unknown address a row is written too: without it the answer came sooner.
    """
    user = queries.user_by_email(email)
    audit.record(None, "people.user.sign_in_refused", user or User())


def set_locale(user_id: int, locale: str) -> None:
    """Remember the language a person works in."""
    user = queries.user_by_id(user_id)
    if user is not None and locale in text.LANGUAGES:
        user.locale = locale


def set_password(user: User, password: str, *, by: int | None, now: datetime) -> None:
    """Replace somebody's password; raises Invalid when it is too easy. All sessions end."""
    resets.replace(user, password, by=by)
    sessions.end_all(user, but=None, by=by, now=now)
