"""The decision model and the reranker of an assistant, as they are given or set."""

from __future__ import annotations

from contextlib import AsyncExitStack

from stylegraph.agent.decisions.asking import Decider
from stylegraph.agent.decisions.reranker import DecisionReranker
from stylegraph.agent.protocols import Reranker
from stylegraph.agent.settings import Settings
from stylegraph.tools.decisions.opening import DecisionLike, open_decider
from stylegraph.tools.reranking.opening import RerankerLike, open_reranker


async def decider_of(stack: AsyncExitStack, settings: Settings, given: DecisionLike | None) -> Decider | None:
    """Return what asks the decision model that is given, else the one that is set; None without one."""
    wanted = given or settings.decisions
    return None if wanted is None else await stack.enter_async_context(open_decider(wanted, settings))


async def reranker_of(
    stack: AsyncExitStack, settings: Settings, given: RerankerLike | None, decider: Decider | None
) -> Reranker | None:
    """Return the reranker that is given, else the one that is set, else the decision model; None without any."""
    wanted = given or settings.reranker
    if wanted is not None:
        return await stack.enter_async_context(open_reranker(wanted, settings))
    return None if decider is None else DecisionReranker(decider)
