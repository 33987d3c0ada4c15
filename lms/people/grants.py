"""Roles given and taken by people: at once below one's own rank, by two for the high ones."""

from datetime import datetime, timedelta

from sqlalchemy import update

from lms.audit import service as audit
from lms.db import db, unique_or
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.permissions import Actor, Role
from lms.people import directory, queries, rules, service
from lms.people.administration_models import Deed, ProposalState, RoleProposal
from lms.people.models import Organisation, RoleGrant, User

VALID = timedelta(days=rules.PROPOSAL_DAYS)


def give(
    user: User, role: Role, organisation: Organisation, *, actor: Actor, now: datetime
) -> RoleProposal | None:
    """Give a role, or propose it where a second person must confirm; raises Conflict."""
    ruling = rules.how_to_grant(actor, user.id, role, organisation.path)
    _refuse(ruling)
    if not user.is_active:
        raise Conflict("account-closed")
    if directory.grant_of(user, role, organisation) is not None:
        raise Conflict("role-already-held")
    if ruling.way is rules.Way.BY_TWO:
        return _propose(Deed.GRANT, user, role, organisation, actor=actor, now=now)
    service.grant_role(user, role, organisation, by=actor.user_id)
    return None


def take(grant: RoleGrant, user: User, *, actor: Actor, now: datetime) -> RoleProposal | None:
    """Take a role, or propose that where a second person must confirm; raises Conflict."""
    role, organisation = Role(grant.role), grant.organisation
    ruling = rules.how_to_revoke(actor, user.id, role, organisation.path)
    _refuse(ruling)
    if ruling.way is rules.Way.BY_TWO:
        return _propose(Deed.REVOKE, user, role, organisation, actor=actor, now=now)
    service.revoke_role(grant, user, by=actor.user_id)
    return None


def _refuse(ruling: rules.Ruling) -> None:
    if ruling.way is rules.Way.REFUSED:
        raise Conflict(ruling.reason)


def _propose(  # who proposes what about whom, where and when
    deed: Deed,
    user: User,
    role: Role,
    organisation: Organisation,
    *,
    actor: Actor,
    now: datetime,
) -> RoleProposal:
    same = (
        RoleProposal.user_id == user.id,
        RoleProposal.role == role.value,
        RoleProposal.organisation_id == organisation.id,
    )
    db.session.execute(
        update(RoleProposal)
        .where(
            *same,
            RoleProposal.state == ProposalState.PROPOSED.value,
            RoleProposal.expires_at <= now,
        )
        .values(state=ProposalState.DECLINED.value)
    )
    proposal = RoleProposal(
        deed=deed.value,
        user_id=user.id,
        role=role.value,
        organisation_id=organisation.id,
        proposed_by_id=actor.user_id,
        created_at=now,
        expires_at=now + VALID,
    )
    with unique_or("role-proposed-already", "uq_role_proposal_open"):
        db.session.add(proposal)
    facts = _facts(proposal, None)
    audit.record(actor.user_id, "people.proposal.made", user, sealed=True, **facts)
    return proposal


def confirm(proposal: RoleProposal, *, actor: Actor, now: datetime) -> None:
    """Do what was proposed, as the second administrator; raises Conflict when it is too late.

    The proposer must still be one who may propose it: a right that ended gives nothing.
    """
    _may_decide(proposal, actor)
    proposer = queries.user_by_id(proposal.proposed_by_id)
    role, organisation = Role(proposal.role), proposal.organisation
    granting = proposal.deed == Deed.GRANT
    if proposer is None or not proposal.user.is_active:
        raise Conflict("proposal-closed")
    rule = rules.how_to_grant if granting else rules.how_to_revoke
    first = queries.actor_of(proposer)
    if rule(first, proposal.user_id, role, organisation.path).way is rules.Way.REFUSED:
        raise Conflict("proposal-closed")
    _close(proposal, ProposalState.CONFIRMED, actor, now)
    facts = _facts(proposal, ProposalState.PROPOSED)
    subject = proposal.user
    audit.record(actor.user_id, "people.proposal.confirmed", subject, sealed=True, **facts)
    if granting:
        service.grant_role(proposal.user, role, organisation, by=actor.user_id)
        return
    held = directory.grant_of(proposal.user, role, organisation)
    if held is None:
        raise Conflict("proposal-closed")
    service.revoke_role(held, proposal.user, by=actor.user_id)


def decline(proposal: RoleProposal, *, actor: Actor, now: datetime) -> None:
    """Let a proposal drop; also its proposer may."""
    if actor.user_id != proposal.proposed_by_id:
        _may_decide(proposal, actor)
    _close(proposal, ProposalState.DECLINED, actor, now)
    facts = _facts(proposal, ProposalState.PROPOSED)
    subject = proposal.user
    audit.record(actor.user_id, "people.proposal.declined", subject, sealed=True, **facts)


def _may_decide(proposal: RoleProposal, actor: Actor) -> None:
    path = proposal.organisation.path
    if not rules.may_confirm(actor, proposal.user_id, proposal.proposed_by_id, path):
        raise NotFound


def _close(proposal: RoleProposal, state: ProposalState, actor: Actor, now: datetime) -> None:
    # One statement decides between two who decide at the same time.
    closed = db.session.execute(
        update(RoleProposal)
        .where(
            RoleProposal.id == proposal.id,
            RoleProposal.state == ProposalState.PROPOSED.value,
            RoleProposal.expires_at > now,
        )
        .values(state=state.value, decided_by_id=actor.user_id, decided_at=now)
        .returning(RoleProposal.id)
        .execution_options(synchronize_session=False)
    )
    if closed.one_or_none() is None:
        raise Conflict("proposal-closed")
    db.session.refresh(proposal)


def _facts(proposal: RoleProposal, before: ProposalState | None) -> dict[str, object]:
    return {
        "organisation": proposal.organisation.code,
        "role": proposal.role,
        "deed": proposal.deed,
        "changes": {"state": [before.value if before else None, proposal.state]},
    }
