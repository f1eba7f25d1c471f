"""Connections that go only where they may: what carries a guarded fetch."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence

import httpx

from stylegraph.tools.net.addresses import require_public, resolve

PORTS = {"http": 80, "https": 443}
"""What may be fetched, and the port that goes without saying."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves and checks every request's host, then connects to the checked address under the host's name.

    Args:
        allowed: Hosts, or `host:port`, that may be at any address.
        verify: How certificates are verified.
    """

    def __init__(self, allowed: Iterable[str], verify: ssl.SSLContext) -> None:
        self._allowed = frozenset(host.lower() for host in allowed)
        self._inner = httpx.AsyncHTTPTransport(verify=verify)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request to the first of the host's addresses that answers.

        Raises:
            FetchError: The host has no address, or one that is not public.
        """
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or PORTS[request.url.scheme]
        addresses = await resolve(host, port)
        if not self._allowed & {host, f"{host}:{port}"}:
            require_public(host, addresses)
        return await self._send(request, host, addresses)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, host: str, addresses: Sequence[str]) -> httpx.Response:
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_pinned(request, host, addresses[-1]))


def _pinned(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """Return the same request to one address: the Host header and the TLS name stay the host's."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
