"""Where a request comes from, as coarse as it is needed: an IPv6 subscriber holds a whole /64."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.web import running


def network() -> str:
    """The visitor's address, IPv6 cut to its /64; empty outside requests."""
    given = request.remote_addr if has_request_context() else None
    if not given:
        return ""
    try:
        address = ip_address(given)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def init_app(app: Flask) -> None:
    """Believe the headers of exactly as many proxies as are configured; of none by default."""
    with app.app_context():
        hops = running.settings().proxy_hops
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # as Flask's documentation has it
