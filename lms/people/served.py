"""Whom a provider serves, as the features above say that know: people know nothing of courses."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, false, or_

from lms.people.models import Organisation, OrganisationKind
from lms.people.queries import under

Served = Callable[[ColumnElement[bool]], ColumnElement[bool]]
"""From a condition on Organisation, a condition on User."""

_SAYINGS: list[Served] = []


def declare(saying: Served) -> None:
    """Let a feature above say it of its records."""
    if saying not in _SAYINGS:
        _SAYINGS.append(saying)


def served_by(paths: tuple[str, ...]) -> ColumnElement[bool]:
    """A condition on User: people whom the providers at or below these paths serve or served."""
    provider = Organisation.kind == OrganisationKind.PROVIDER.value
    return or_(false(), *(saying(provider & under(paths)) for saying in _SAYINGS))
