"""Who checks for an employer: whoever holds the role over it, and nobody over another kind."""

from lms.catalogue.permissions import no_subject_yet
from lms.employers import queries, watch_queries
from lms.employers.models import ApiToken, CheckRun, Watch
from lms.kernel.errors import Forbidden, NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed
from lms.people import queries as people_queries
from lms.people.models import Organisation, OrganisationKind


def for_own_employer(actor: Actor, subject: object) -> bool:
    """Checkers of the employer that a run, a token or a watch belongs to."""
    if isinstance(subject, CheckRun | ApiToken | Watch):
        subject = subject.organisation
    return (
        isinstance(subject, Organisation)
        and subject.kind == OrganisationKind.EMPLOYER
        and actor.holds(Role.EMPLOYER_CHECKER, subject.path)
    )


def declare() -> None:
    """State the rules of this feature."""
    for permission in (
        Permission.EMPLOYERS_RUN_MAKE,
        Permission.EMPLOYERS_TOKEN_MAKE,
        Permission.EMPLOYERS_WATCH_KEEP,
    ):
        allow(permission, no_subject_yet(Role.EMPLOYER_CHECKER), (for_own_employer,))


def own_employers(actor: Actor, need: Permission) -> list[Organisation]:
    """The employers for which the actor may act, in the order in which the roles were given."""
    found = map(people_queries.organisation_by_path, actor.paths(Role.EMPLOYER_CHECKER))
    return [each for each in found if allowed(actor, need, each)]


def own_employer(actor: Actor, need: Permission, chosen: str = "") -> Organisation:
    """The employer for which the actor acts: the chosen one, else the first.

    Raises NotFound when that is not one of theirs (any more), Forbidden when they have none.
    """
    every = own_employers(actor, need)
    if not every:
        raise Forbidden
    found = next((each for each in every if chosen in ("", each.public_id)), None)
    if found is None:
        raise NotFound
    return found


def access_token(public_id: str, actor: Actor) -> ApiToken:
    """A token of the actor's employers; any other is not there."""
    token = queries.token_by_public_id(public_id)
    if not allowed(actor, Permission.EMPLOYERS_TOKEN_MAKE, token):
        raise NotFound
    return token


def access_watch(public_id: str, actor: Actor) -> Watch:
    """A watch of the actor's employers; any other is not there."""
    watch = watch_queries.by_public_id(public_id)
    if not allowed(actor, Permission.EMPLOYERS_WATCH_KEEP, watch):
        raise NotFound
    return watch


def access_run(public_id: str, actor: Actor) -> CheckRun:
    """A run of the actor's employers; any other is not there."""
    run = queries.by_public_id(public_id)
    if not allowed(actor, Permission.EMPLOYERS_RUN_MAKE, run):
        raise NotFound
    return run
