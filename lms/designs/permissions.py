"""Who draws, publishes and chooses designs: registrars of the provider."""

from lms.catalogue.permissions import no_subject_yet
from lms.designs import queries
from lms.designs.models import Design
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed
from lms.people.models import Organisation


def registrar(actor: Actor, subject: object) -> bool:
    """Registrars of the provider."""
    provider = subject.provider if isinstance(subject, Design) else subject
    return isinstance(provider, Organisation) and actor.holds(Role.REGISTRAR, provider.path)


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.DESIGNS_DESIGN_CHANGE, no_subject_yet(Role.REGISTRAR), (registrar,))


def access_design(public_id: str, actor: Actor) -> Design:
    """A design for whoever may change it; for others it is not there."""
    found = queries.by_public_id(public_id)
    if not allowed(actor, Permission.DESIGNS_DESIGN_CHANGE, found):
        raise NotFound
    return found


def providers_of(actor: Actor) -> list[Organisation]:
    """The providers whose designs somebody changes."""
    return [
        one for one in queries.providers() if allowed(actor, Permission.DESIGNS_DESIGN_CHANGE, one)
    ]
