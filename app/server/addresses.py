"""IP addresses: whose network one belongs to. An IPv4 address that comes as IPv6 (::ffff:192.0.2.7) counts as IPv4."""

import ipaddress
from collections.abc import Sequence


def is_loopback(address: str) -> bool:
    """Whether an IP address is a loopback address.

    >>> is_loopback("127.0.0.1"), is_loopback("::ffff:127.0.0.1"), is_loopback("192.0.2.1"), is_loopback("")
    (True, True, False, False)
    """
    found = _parse_address(address)
    return found is not None and found.is_loopback


def is_in_networks(address: str, networks: Sequence[str]) -> bool:
    """Whether an IP address is in one of these addresses or CIDR networks.

    >>> is_in_networks("10.1.2.3", ["10.0.0.0/8"]), is_in_networks("::ffff:10.1.2.3", ["10.1.2.4", "::/0"])
    (True, False)
    """
    found = _parse_address(address)
    return found is not None and any(found in ipaddress.ip_network(network, strict=False) for network in networks)


def client_network(address: str) -> str:
    """The rate-limit key of an address: IPv4 whole, IPv6 by its /64 network, which is one household's.

    >>> client_network("192.0.2.7"), client_network("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::')
    """
    found = _parse_address(address)
    if found is None:
        return "unknown"
    return str(found if found.version == 4 else ipaddress.ip_network((found, 64), strict=False).network_address)


def _parse_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
