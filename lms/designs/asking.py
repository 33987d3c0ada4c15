"""For which institute a registrar asks."""

from flask import request

from lms.designs.permissions import providers_of
from lms.kernel.errors import NotFound
from lms.people.models import Organisation
from lms.web.auth_guard import current_actor


def asked_provider() -> Organisation:
    """The one named by ``provider``, else the first; raises NotFound for one that is not theirs."""
    providers = providers_of(current_actor())
    if not providers:
        raise NotFound
    wanted = request.values.get("provider") or providers[0].public_id
    for one in providers:
        if one.public_id == wanted:
            return one
    raise NotFound
