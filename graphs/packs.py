"""Packs that are given or named: how they are found, opened and closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import Settings, unknown_name
from stylegraph.tools.pack import Pack, joined

GROUP = "stylegraph.packs"
"""The group of entry points by which an installed package offers packs."""
_SHIPPED = (EntryPoint("fashion", "stylegraph.tools.fashion.pack:open_pack", GROUP),)
"""What comes along, offered as any package offers its own; here, because an editable install's metadata grows old."""

PackOpener = Callable[[Settings], AbstractAsyncContextManager[Pack]]
"""Opens a pack that needs opening: a connection, an index. It is closed with the assistant."""
PackLike = Pack | PackOpener | str
"""A pack, what opens one, or the name of an installed one."""


@asynccontextmanager
async def open_packs(given: Sequence[PackLike], settings: Settings) -> AsyncIterator[Pack]:
    """Open packs as one.

    Args:
        given: Packs, what opens one, or names of installed ones; one that is named twice is opened once.
        settings: Handed to those that are opened.

    Raises:
        SettingsError: One is none of these, no such pack is installed, or two get into each other's way.
    """
    async with AsyncExitStack() as stack:
        unique = [one for place, one in enumerate(given) if one not in given[:place]]
        yield joined([await _opened(stack, one, settings) for one in unique])


async def _opened(stack: AsyncExitStack, given: PackLike, settings: Settings) -> Pack:
    found: Any = _installed(given) if isinstance(given, str) else given
    opening = found(settings) if callable(found) and not isinstance(found, type) else found
    if isinstance(opening, AbstractAsyncContextManager):
        opening = await stack.enter_async_context(opening)
    if not isinstance(opening, Pack):
        raise SettingsError(f"{given!r} is no pack.", "Give a Pack, a function that opens one, or a name.")
    return opening


def _installed(name: str) -> object:
    """Return what an installed package offers under a name.

    Raises:
        SettingsError: None offers it.
    """
    offered = {one.name: one for one in (*_SHIPPED, *entry_points(group=GROUP))}
    if name not in offered:
        raise unknown_name("installed pack", name, offered)
    return offered[name].load()
