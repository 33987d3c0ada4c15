"""Requests to other servers: one guarded client, and no other way out."""

from lms.outbound.client import Answer, Client, Unanswered, trust
from lms.outbound.resolving import SystemResolver
from lms.outbound.target import Refused, listed
from lms.web import running


def client() -> Client:
    """The client of the running application; raises Refused for a wrong list of hosts."""
    settings = running.settings()
    return Client(
        SystemResolver(),
        trust(settings.outbound_ca),
        f"Sijil (+{settings.base_url})",
        listed(settings.outbound_hosts),
    )


__all__ = ["Answer", "Client", "Refused", "Unanswered", "client"]
