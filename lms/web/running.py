"""What belongs to the running application: its settings, and the id of the request at work."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import current_app, g, has_request_context, request  # noqa: TID251  # lms.web may

from lms.config import Settings


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["LMS"]
    return found


def extension(name: str) -> Any:  # noqa: ANN401  # whatever the part keeps there
    """What a part of the frame keeps for the running application."""
    return current_app.extensions[name]


def request_id() -> str | None:
    """The id of the request at work; None in commands and jobs."""
    return g.get("request_id") if has_request_context() else None


def client_address() -> str | None:
    """Where the request at work came from, cut to its network (/24 or /64); None in commands."""
    given = request.remote_addr if has_request_context() else None
    try:
        address = ip_address(given or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return str(ip_network((address, 24 if address.version == 4 else 64), strict=False))
