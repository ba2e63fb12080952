"""Where a request comes from, to count how often somebody who is not signed in asks for something."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

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
