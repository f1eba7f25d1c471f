"""Which network addresses a fetch may go to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from stylegraph.agent.errors import FetchError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver for a host's addresses, in the order that it prefers.

    The forms that libraries disagree on (`2130706433`, `0x7f.1`, `[::ffff:127.0.0.1]`) all end here as plain addresses.

    Raises:
        FetchError: The host has no address.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"The host {host} can't be found.", "Check the address and the network.") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def require_public(host: str, addresses: Sequence[str]) -> None:
    """Refuse a host when any of its addresses is not on the public internet.

    Raises:
        FetchError: Names the address and the setting that allows the host.
    """
    for address in addresses:
        if not is_public(address):
            raise FetchError(
                f"{host} leads to {address}, which is not a public address, so it is not fetched.",
                f'If you trust it, allow it by name: STYLEGRAPH_FETCH_ALLOW_HOSTS=["{host}"].',
            )


def is_public(address: str) -> bool:
    """Check whether an IP address is one of the public internet.

    Not public: private, loopback, link-local, shared (RFC 6598), multicast, reserved and unspecified addresses, and
    IPv6 addresses that carry such an IPv4 address inside (mapped, 6to4, Teredo, NAT64).
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        carried = _carried(ip)
        if carried:
            return all(is_public(str(inner)) for inner in carried)
        return ip in _GLOBAL_UNICAST and ip.is_global and not ip.is_multicast
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _carried(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address leads to."""
    if ip in _NAT64:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    if ip.teredo:
        return list(ip.teredo)
    return [inner for inner in (ip.ipv4_mapped, ip.sixtofour) if inner]
