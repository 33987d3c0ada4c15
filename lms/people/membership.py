"""Belonging to an organisation: joining one, leaving it."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.audit import service as audit
from lms.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.permissions import Actor, Role
from lms.mail import service as mail
from lms.people import queries, rules, service
from lms.people.models import Organisation, RoleGrant, User


def move(user: User, organisation: Organisation | None, *, by: int | None) -> None:
    """Let a person belong to an organisation, or to none; the one before is left.

    Whoever leaves an agency coordinates it no longer: such roles in its whole tree end.
    """
    before = user.organisation
    if before is organisation:
        return
    for grant in coordinating(user, before) if before else ():
        if organisation is None or not _same_tree(grant.organisation, organisation):
            service.revoke_role(grant, user, by=by)
    if before and (organisation is None or not _same_tree(before, organisation)):
        set_line_manager(user, "", by=by)
    user.organisation = organisation
    db.session.flush()
    codes = [each.code if each else None for each in (before, organisation)]
    audit.record(by, "people.membership.changed", user, changes={"organisation": codes})


def set_service(user: User, since: date | None, *, by: int | None) -> None:
    """Note since when a person serves; courses may ask for years of service.

    Raises Forbidden for oneself: nobody vouches for their own years.
    """
    if user.id == by:
        raise Forbidden("service-own")
    before, user.serving_since = user.serving_since, since
    db.session.flush()
    changes = {"serving_since": [str(day) if day else None for day in (before, since)]}
    audit.record(by, "people.service.changed", user, changes=changes)


def set_line_manager(user: User, email: str, *, by: int | None) -> None:
    """Note whom a person reports to, by address; nobody when it is empty.

    Raises Invalid for an address that nobody else of the same organisations has.
    """
    manager = queries.user_by_email(email) if email.strip() else None
    if email.strip() and not _may_manage(manager, user):
        raise Invalid(fields={"manager": "line-manager-unknown"})
    before = user.line_manager
    if before is manager:
        return
    user.line_manager = manager
    db.session.flush()
    changes = {"line_manager": [each.public_id if each else None for each in (before, manager)]}
    audit.record(by, "people.line_manager.changed", user, changes=changes)


def _may_manage(manager: User | None, user: User) -> bool:
    if manager is None or not manager.is_active or manager.id == user.id:
        return False
    ours, theirs = user.organisation, manager.organisation
    return ours is not None and theirs is not None and _same_tree(ours, theirs)


def end(user: User, *, actor: Actor) -> None:
    """End somebody's membership as coordinator; raises Conflict for one of the own rank."""
    before = user.organisation
    if before is None:
        return
    if user.id != actor.user_id:
        for grant in coordinating(user, before):
            path = grant.organisation.path
            ruling = rules.how_to_revoke(actor, user.id, Role(grant.role), path)
            if ruling.way is not rules.Way.AT_ONCE:
                raise Conflict("role-above-own")
        mail.send(
            user.email,
            "people/membership_ended",
            user.locale,
            name=user.name,
            organisation=before.name,
        )
    move(user, None, by=actor.user_id)


def coordinating(user: User, organisation: Organisation) -> list[RoleGrant]:
    """The coordinator's roles a person holds in the tree of an organisation."""
    query = (
        select(RoleGrant)
        .join(RoleGrant.organisation)
        .where(
            RoleGrant.user_id == user.id,
            RoleGrant.role == Role.AGENCY_COORDINATOR.value,
            Organisation.path.startswith(_root(organisation), autoescape=True),
        )
        .options(contains_eager(RoleGrant.organisation))
        .order_by(RoleGrant.id)
    )
    return list(db.session.scalars(query))


def _root(organisation: Organisation) -> str:
    return "/" + organisation.path.split("/")[1] + "/"


def _same_tree(one: Organisation, other: Organisation) -> bool:
    return _root(one) == _root(other)
