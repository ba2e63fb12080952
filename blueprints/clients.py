"""Where a request comes from, to count how often somebody who is not signed in asks for something.

Behind a proxy every request comes from that one, unless ELOKET_PROXIES says how many there are: then all visitors
together are counted as one client. Nobody sees that at start, so the first such request is told to the log.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

log = structlog.get_logger("request")

#: What one client of IPv6 has for itself, and may choose its addresses in.
_OWN_NETWORK = 64


def client_network() -> str:
    """The address of the client; of IPv6 its network, of an IPv4 address written as one that address."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, _OWN_NETWORK), strict=False))


def init_app(app: Flask, proxies: int) -> None:
    """Count the proxies in front; without any, say once that requests come through one all the same."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
        return
    told = False

    def tell() -> None:
        nonlocal told
        if told or "X-Forwarded-For" not in request.headers:
            return
        told = True
        log.warning(
            "requests come through a proxy that is not counted: all visitors count as one client",
            do="set ELOKET_PROXIES to how many proxies stand in front (docs/runbook.md)",
        )

    app.before_request(tell)
