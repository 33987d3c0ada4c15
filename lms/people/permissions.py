"""Who may do what with accounts."""

from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, holds_anywhere, signed_in
from lms.people import directory, invitation_queries, rules
from lms.people.administration_models import RoleProposal
from lms.people.invitation_models import Invitation
from lms.people.models import User

INVITING = (Role.ADMINISTRATOR, Role.AGENCY_COORDINATOR)


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.PEOPLE_ACCOUNT_USE, (signed_in,))
    allow(Permission.PEOPLE_IDENTITY_READ, (holds_anywhere(Role.ADMINISTRATOR, Role.REGISTRAR),))
    allow(Permission.PEOPLE_INVITATION_SEND, (holds_anywhere(*INVITING),))
    allow(Permission.PEOPLE_MEMBERSHIP_END, (holds_anywhere(*INVITING),))
    allow(Permission.PEOPLE_USER_MANAGE, (holds_anywhere(Role.ADMINISTRATOR),))


def access_person(public_id: str, actor: Actor) -> User:
    """Somebody of the administrator's organisations; anybody else is not there."""
    return directory.person(public_id, actor)


def access_proposal(public_id: str, actor: Actor) -> RoleProposal:
    """A proposal, for the administrator who may decide it and for the one who made it."""
    found = directory.proposal(public_id)
    path = found.organisation.path
    decides = rules.may_confirm(actor, found.user_id, found.proposed_by_id, path)
    if not decides and found.proposed_by_id != actor.user_id:
        raise NotFound
    return found


def access_member(public_id: str, actor: Actor) -> User:
    """Somebody of the organisations the actor coordinates; anybody else is not there."""
    return directory.member(public_id, actor.paths(*INVITING))


def access_identity(public_id: str, actor: Actor) -> User:
    """Somebody whose identity number the actor may see; anybody else is not there."""
    found = directory.with_identity(public_id, actor)
    if found is None:
        raise NotFound
    return found


def access_invitation(public_id: str, actor: Actor) -> Invitation:
    """An invitation into one of the actor's organisations; any other is not there."""
    found = invitation_queries.by_public_id(public_id)
    if not any(found.organisation.path.startswith(path) for path in actor.paths(*INVITING)):
        raise NotFound
    return found


def access_own_invitation(public_id: str, user: User) -> Invitation:
    """An invitation to the person's own address; any other is not there."""
    found = invitation_queries.by_public_id(public_id)
    if found.email_key != user.email_key:
        raise NotFound
    return found
