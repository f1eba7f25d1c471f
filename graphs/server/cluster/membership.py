"""This server as one of several."""

from __future__ import annotations

import asyncio
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.cluster.database import make_tables, open_database
from stylegraph.graphs.server.cluster.homes import Homes
from stylegraph.graphs.server.cluster.records import Records, write_through
from stylegraph.graphs.server.inmem.queue import take_in_turn

_APART = frozenset(string.whitespace + ",;")
"""What stands between several addresses."""
_joined: list[Homes] = []


def homes() -> Homes | None:
    """Return the homes of people; None where this server stands alone."""
    return _joined[0] if _joined else None


@asynccontextmanager
async def joined(settings: Settings) -> AsyncIterator[None]:
    """Be one of several servers for as long as this one runs.

    Raises:
        KeepingError: The database can't be used.
        SettingsError: What is set can't be shared.
    """
    check_shared(settings)
    async with open_database(settings) as pool:
        await make_tables(pool)
        records = Records(pool)
        among = Homes(pool, settings.server_address, records.take_over)
        take_in_turn(records)
        write_through(records)
        await among.join()
        beating = asyncio.create_task(among.keep())
        _joined.append(among)
        try:
            yield
        finally:
            _joined.clear()
            beating.cancel()


def check_shared(settings: Settings) -> None:
    """Refuse settings that several servers can't have.

    Raises:
        SettingsError: Says which, and what to set.
    """
    if not _is_url(settings.server_address):
        raise SettingsError(
            "STYLEGRAPH_SERVER_DATABASE is set without one http(s) URL as STYLEGRAPH_SERVER_ADDRESS.",
            "Set where the other servers reach this one, such as http://10.0.0.5:2024.",
        )
    if not settings.has_accounts:
        raise SettingsError(
            "Several servers need to know their users.", "Set STYLEGRAPH_SERVER_KEYS or STYLEGRAPH_SERVER_OIDC_ISSUER."
        )
    if settings.server_crons:
        raise SettingsError("Several servers offer no crons.", "Leave STYLEGRAPH_SERVER_CRONS at 0.")


def _is_url(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not set(address) & _APART
        )
    except ValueError:
        return False
