"""Who may do what with accounts."""

from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, holds_anywhere, signed_in
from lms.people import directory, rules
from lms.people.administration_models import RoleProposal
from lms.people.models import User


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.PEOPLE_ACCOUNT_USE, (signed_in,))
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
