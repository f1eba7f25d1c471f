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
        raise _not_there(host) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def require_public(host: str, addresses: Sequence[str]) -> None:
    """Refuse a host when any of its addresses is not on the public internet.

    Raises:
        FetchError: Names the setting that allows the host.
    """
    if not all(is_public(address) for address in addresses):
        raise _not_there(host)


def _not_there(host: str) -> FetchError:
    """Return the same for a host that is not there and for one of a private network.

    Whoever asks a server would otherwise learn which names its network has, and where they lead.
    """
    return FetchError(
        f"{host} can't be found on the public internet, so it is not fetched.",
        f'Check the address. A host of your own network is allowed by name: STYLEGRAPH_FETCH_ALLOW_HOSTS=["{host}"].',
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
