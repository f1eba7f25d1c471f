"""The order of evidence by a decision model: a probability for each passage, up to thirty in one request."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from langchain_core.decisions import Noul, Question

from stylegraph.agent.decisions.asking import Asked, Decider
from stylegraph.agent.decisions.errors import DecisionError
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.items import is_item
from stylegraph.agent.protocols import Reranked

_AT_ONCE = 30
"""Passages of one request."""
_LONGEST = 1_500
_TASK = "Does the passage help to answer the question?"


class DecisionReranker:
    """A `Reranker` by a decision model. Items keep the score that their source gave them: it knows more of them.

    Args:
        decider: Asks the model.
    """

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    async def rerank(self, question: str, evidence: Sequence[Evidence]) -> Sequence[float]:
        """Return a probability for each piece, in their order.

        Raises:
            DecisionError: The model made no decision.
        """
        return (await self.rerank_metered(question, evidence, len(evidence))).scores

    async def rerank_metered(self, question: str, evidence: Sequence[Evidence], calls: int) -> Reranked:
        """Do the same with so many calls at most, and say what it cost.

        Raises:
            DecisionError: The model made no decision, or would have to be called more often.
        """
        texts = [piece for piece in evidence if not is_item(piece)]
        batches = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
        if self._decider.is_counted and len(batches) > calls:
            raise DecisionError("budget")
        asked = await asyncio.gather(*(self._asked(question, batch) for batch in batches))
        told = iter(
            [one.response.nouls[str(place)].noul for one in asked for place in range(len(one.response.answers))]
        )
        scores = [piece["score"] if is_item(piece) else next(told) for piece in evidence]
        return Reranked(scores, [charge for one in asked for charge in one.ledger])

    async def _asked(self, question: str, batch: Sequence[Evidence]) -> Asked:
        questions: dict[str, Question] = {
            str(place): Noul(instructions={"task": _TASK, "passage": f"{piece['title']}\n{piece['text'][:_LONGEST]}"})
            for place, piece in enumerate(batch)
        }
        return await self._decider.ask("rerank", {"question": question}, questions, math.inf)
