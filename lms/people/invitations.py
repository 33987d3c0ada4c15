"""Invitations: made, mailed, sent again, withdrawn, accepted.

Whoever invites learns nothing about addresses: the answer is the same whether there is an account.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.jobs.port import enqueue
from lms.kernel import text
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.mail import service as mail
from lms.people import invitation_queries, membership, rules, service, sessions
from lms.people.invitation_models import Invitation
from lms.people.models import Organisation, User

VALID = timedelta(days=rules.INVITATION_DAYS)
MAIL_JOB = "people.mail_invitation"


@dataclass(frozen=True)
class Invitee:
    """Who is invited, and the language of the mail."""

    name: str
    email: str
    locale: str


def invite(who: Invitee, organisation: Organisation, *, by: int, now: datetime) -> Invitation:
    """Invite a person; an open invitation of the same address is sent again with a new link."""
    faults = rules.invitee_faults(who.name, who.email, who.locale)
    if faults:
        raise Invalid(fields=faults)
    found = db.session.scalar(
        select(Invitation).where(
            Invitation.email_key == text.key(who.email),
            Invitation.organisation_id == organisation.id,
            invitation_queries.is_unanswered(),
        )
    )
    invitation = found or Invitation(
        email_key=text.key(who.email), organisation_id=organisation.id, created_at=now
    )
    invitation.name, invitation.email = " ".join(who.name.split()), who.email.strip()
    invitation.locale, invitation.invited_by_id = who.locale, by
    invitation.digest, invitation.expires_at = None, now + VALID
    with unique_or("invited-already", "uq_invitation_open"):
        db.session.add(invitation)
    audit.record(by, "people.invitation.made", invitation, organisation=organisation.code)
    enqueue(MAIL_JOB, priority=mail.PRIORITY, invitation_id=invitation.id)
    return invitation


def send_again(invitation: Invitation, *, by: int, now: datetime) -> None:
    """Mail a new link, which ends the old one; raises Conflict when it was answered."""
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Conflict("invitation-closed")
    invitation.digest, invitation.expires_at = None, now + VALID
    audit.record(by, "people.invitation.sent_again", invitation)
    enqueue(MAIL_JOB, priority=mail.PRIORITY, invitation_id=invitation.id)


def withdraw(invitation: Invitation, *, by: int, now: datetime) -> None:
    """Take an invitation back; raises Conflict when it was answered."""
    ended = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, invitation_queries.is_unanswered())
        .values(withdrawn_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if ended.one_or_none() is None:
        raise Conflict("invitation-closed")
    db.session.refresh(invitation)
    audit.record(by, "people.invitation.withdrawn", invitation)


def mail_token(invitation_id: int, base_url: str, *, now: datetime) -> None:
    """Mail a fresh link; the one before, if any, works no more."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.state(now) != "open":
        return
    token = secrets.token_urlsafe(24)
    invitation.digest = sessions.digest_of(token)
    mail.send(
        invitation.email,
        "people/invitation",
        invitation.locale,
        name=invitation.name,
        organisation=invitation.organisation.name,
        inviter=invitation.invited_by.name,
        link=f"{base_url}/invitation/{token}",
        days=VALID.days,
    )


def accept_as_new(token: str, name: str, password: str, *, now: datetime) -> User:
    """Make the account of somebody who has none; raises Invalid for the password or the token."""
    invitation = invitation_queries.by_token(token, now=now)
    if invitation is None:
        raise Invalid("invitation-spent")
    user = service.create_user(
        name,
        invitation.email,
        password=password,
        locale=invitation.locale,
        organisation=invitation.organisation,
    )
    _accept(invitation, user, now)
    return user


def join(invitation: Invitation, user: User, *, now: datetime) -> None:
    """Let the signed-in person of that address join; an organisation before is left."""
    if invitation.email_key != user.email_key:
        raise NotFound
    membership.move(user, invitation.organisation, by=user.id)
    _accept(invitation, user, now)


def _accept(invitation: Invitation, user: User, now: datetime) -> None:
    spent = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, invitation_queries.is_open(now))
        .values(accepted_at=now, accepted_by_id=user.id)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if spent.one_or_none() is None:
        raise Conflict("invitation-closed")
    db.session.refresh(invitation)
    audit.record(user.id, "people.invitation.accepted", invitation)
