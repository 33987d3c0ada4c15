"""Where a request comes from, as coarse as it is needed: an IPv6 subscriber holds a whole /64."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.web import running


def network() -> str:
    """The visitor's address, IPv6 cut to its /64: for counting; empty outside requests."""
    return _cut(_given(), 32) or ""


def neighbourhood() -> str | None:
    """The address cut to its /24 or /64: for the records; None outside requests."""
    return _cut(_given(), 24)


def _given() -> str:
    return (request.remote_addr or "") if has_request_context() else ""


@lru_cache(maxsize=1000)
def _cut(given: str, bits: int) -> str | None:
    try:
        address = ip_address(given)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is None:
            return str(ip_network((address, 64), strict=False))
        address = mapped
    return str(address) if bits == 32 else str(ip_network((address, bits), strict=False))


def init_app(app: Flask) -> None:
    """Believe the headers of exactly as many proxies as are configured; of none by default."""
    with app.app_context():
        hops = running.settings().proxy_hops
    if hops:
        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # as Flask's documentation has it
