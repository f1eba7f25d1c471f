"""What could be asked next, as the sources know it: questions under an answer, made without a model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from itertools import chain, zip_longest

from langgraph.errors import GraphBubbleUp

from stylegraph.agent.evidence import EvidenceSource, Filters
from stylegraph.agent.protocols import FollowedSource
from stylegraph.agent.reply import Reply, Status
from stylegraph.agent.state import AssistantState
from stylegraph.graphs.nodes.dispatch import may_see

logger = logging.getLogger(__name__)

_MOST = 3
_SECONDS = 1.0
"""An answer is not held back for what could be asked after it."""


async def follow_ups(reply: Reply, state: AssistantState, sources: Collection[EvidenceSource]) -> list[str]:
    """Return what could be asked next, the sources in turns; nothing where the turn asks back or rests on nothing.

    Args:
        reply: What the turn ends with.
        state: The turn; what was asked before is not offered again.
        sources: Those there are.
    """
    if reply.status not in (Status.ANSWERED, Status.BEST_EFFORT) or not reply.found:
        return []
    asked = {_plain(message.text) for message in state["messages"] if message.type == "human"}
    rows = await asyncio.gather(*(_of(source, reply, may_see(state)) for source in sources))
    offered = chain.from_iterable(zip_longest(*rows))
    return [one for one in dict.fromkeys(offered) if one and _plain(one) not in asked][:_MOST]


async def _of(source: EvidenceSource, reply: Reply, filters: Filters) -> Sequence[str]:
    """Return what one source offers; an offer that fails or is late is none, and no note: nobody has asked for it."""
    if not isinstance(source, FollowedSource):
        return []
    try:
        async with asyncio.timeout(_SECONDS):
            return _texts(await source.follow_ups(reply, filters))
    except GraphBubbleUp:  # the source interrupts the graph to ask the person something
        raise
    except Exception as error:
        logger.warning("no follow-ups of %s: %s", source.name, type(error).__name__)
        return []


def _texts(offered: object) -> list[str]:
    """Return the texts of what a stranger's source offers: it may return anything.

    Raises:
        TypeError: It is no list.
    """
    if not isinstance(offered, list | tuple):
        raise TypeError(f"follow_ups returned {type(offered).__name__} instead of a list")
    return [one for one in offered if isinstance(one, str)]


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
