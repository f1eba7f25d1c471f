"""The order of what a source found: within the turn's budget, timed, and the source's own where a reranker fails."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping, Sequence

from langgraph.errors import GraphBubbleUp

from stylegraph.agent.budget import Charge
from stylegraph.agent.decisions.errors import DecisionError, reason_of
from stylegraph.agent.evidence import Evidence, Gathered, Note, SourceTask
from stylegraph.agent.protocols import MeteredReranker, Reranked, Reranker
from stylegraph.agent.text.language import Language

logger = logging.getLogger(__name__)

_FAILED: Mapping[Language, str] = {
    "ko": "찾은 자료의 순서를 다시 정하지 못해 처음 순서대로 읽었어요. {reason}",
    "en": "What was found could not be put in a better order, and was read as it came. {reason}",
}
_SLOW: Mapping[Language, str] = {"ko": "{seconds}초 안에 끝나지 않았어요.", "en": "It took more than {seconds} s."}
_RAISED: Mapping[Language, str] = {"ko": "{error} 오류가 났어요.", "en": "It failed with {error}."}
_MOST_SECONDS = 10.0
"""Seconds that ordering one source's evidence may take, if the turn has as many left."""


async def reranked(reranker: Reranker, task: SourceTask, gathered: Gathered) -> Gathered:
    """Order what was found by how much it helps to answer the question; as it came, with a note, where that fails."""
    found, started = gathered.get("evidence", []), time.time()
    if not found:
        return gathered
    seconds = min(_MOST_SECONDS, task["seconds"])
    try:
        async with asyncio.timeout(seconds):
            made = await _made(reranker, task, found)
        ordered, ledger, notes = _ordered(found, made.scores), made.ledger, []
    except GraphBubbleUp:
        raise
    except Exception as error:  # a stranger's reranker may raise anything, and the turn goes on
        logger.warning("a reranker failed: %s", type(error).__name__)
        ordered, notes = list(found), [_note(error, seconds, task["language"])]
        ledger = error.ledger if isinstance(error, DecisionError) else []
    timed = Charge(kind="rerank", by="rerank", started=started, ended=time.time(), tokens_in=0, tokens_out=0)
    return {
        **gathered,
        "evidence": ordered,
        "notes": [*gathered.get("notes", []), *notes],
        "ledger": [*gathered.get("ledger", []), *ledger, timed],
    }


async def _made(reranker: Reranker, task: SourceTask, found: Sequence[Evidence]) -> Reranked:
    if not isinstance(reranker, MeteredReranker):
        return Reranked(await reranker.rerank(task["question"], found), [])
    return await reranker.rerank_metered(task["question"], found, calls=task.get("model_calls", 1))


def _ordered(found: Sequence[Evidence], scores: Sequence[float]) -> list[Evidence]:
    """Return evidence with its new scores, best first.

    Raises:
        ValueError: There is not one number for each piece.
    """
    if not all(math.isfinite(score) for score in scores):
        raise ValueError("a score is no number")
    scored = [Evidence(**{**one, "score": score}) for one, score in zip(found, scores, strict=True)]
    return sorted(scored, key=lambda one: -one["score"])


def _note(error: Exception, seconds: float, language: Language) -> Note:
    if isinstance(error, DecisionError):
        reason = reason_of(error, language)
    elif isinstance(error, TimeoutError):
        reason = _SLOW[language].format(seconds=f"{seconds:.3g}")
    else:
        reason = _RAISED[language].format(error=type(error).__name__)
    return Note(code="rerank_failed", text=_FAILED[language].format(reason=reason))
