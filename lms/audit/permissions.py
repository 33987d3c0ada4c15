"""Who may read the trail. It speaks of everybody, so a role over a part does not suffice."""

from lms.kernel.permissions import Actor, Permission, Role, allow, is_root


def reads_everything(actor: Actor, subject: object) -> bool:
    """Auditors and administrators over a root organisation (``/1/``, not ``/1/4/``)."""
    del subject
    return any(is_root(path) for path in actor.paths(Role.AUDITOR, Role.ADMINISTRATOR))


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.AUDIT_ENTRY_READ, (reads_everything,))
