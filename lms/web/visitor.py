"""Where a request comes from, as coarse as it is needed: an IPv6 subscriber holds a whole /64."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Flask, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.web import running


def network() -> str:
    """The visitor's address, IPv6 cut to its /64: for counting; empty outside requests."""
    address = _address()
    return "" if address is None else _cut(address, 32)


def neighbourhood() -> str | None:
    """The address cut to its /24 or /64: for the records; None outside requests."""
    address = _address()
    return None if address is None else _cut(address, 24)


def _address() -> IPv4Address | IPv6Address | None:
    given = request.remote_addr if has_request_context() else None
    try:
        address = ip_address(given or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _cut(address: IPv4Address | IPv6Address, bits: int) -> str:
    if isinstance(address, IPv4Address) and bits == 32:
        return str(address)
    length = bits if isinstance(address, IPv4Address) else 64
    return str(ip_network((address, length), strict=False))


def init_app(app: Flask) -> None:
    """Believe the headers of exactly as many proxies as are configured; of none by default."""
    with app.app_context():
        hops = running.settings().proxy_hops
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # as Flask's documentation has it
