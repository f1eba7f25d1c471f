"""Two fitted linear models over what sentences, evidence and question have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.local.reader.features import Known, Numbers
from stylegraph.agent.local.reader.reader import Memory, Reader, Reading
from stylegraph.agent.local.support import answering, comparison
from stylegraph.agent.local.support.comparison import Comparison
from stylegraph.agent.local.support.passages import Passage, passage_of, texts_of
from stylegraph.agent.local.support.weights import fitted
from stylegraph.agent.protocols import Embedder

LEAST = 0.5
"""How likely a sentence must be to be called borne, and an answer to be called one."""
_NOTHING = Reading([], 0.0, {})


class Likelihoods:
    """How likely evidence bears a sentence, answers a question, and an answer answers it; no model and no network.

    Args:
        embedder: Compares words and sentences by meaning.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._memory = Memory(embedder)
        self._reader = Reader(embedder, all_alike)

    async def borne(self, sentence: str, passages: Sequence[Passage]) -> tuple[float, list[int]]:
        """Return how likely evidence bears a sentence, 0..1, and the places of the pieces that do."""
        places = [place for place, one in enumerate(passages) if one.lines]
        if not places:
            return 0.0, []
        known = await self.know([sentence], passages)
        groups = [places, *([[place] for place in places] if len(places) > 1 else [])]
        rows = await asyncio.to_thread(_compared, sentence, [[passages[at] for at in group] for group in groups], known)
        likely = fitted("support", comparison.NAMES).likely(rows)
        if len(places) == 1:
            return float(likely[0]), places
        alone = [place for place, one in zip(places, likely[1:], strict=True) if one >= LEAST]
        best = places[int(np.argmax(likely[1:]))]
        return float(likely.max()), alone or await asyncio.to_thread(_together, sentence, passages, best, known)

    async def relevant(self, question: str, passage: str) -> float:
        """Return how likely a passage answers a question, 0..1."""
        return (await self._reader.read(question, [make_evidence("documents", "", passage)])).likely

    async def answers(self, question: str, answer: str, evidence: Sequence[str]) -> float:
        """Return how likely an answer answers its question, 0..1; whether it is true is another matter."""
        features = await self.answer_features(question, answer, evidence)
        return float(fitted("answers", answering.NAMES).likely(features[None])[0])

    async def answer_features(self, question: str, answer: str, evidence: Sequence[str]) -> Numbers:
        """Return `answering.answer_features` of an answer."""
        passages = [passage_of(text) for text in evidence]
        known = await self.know([question, answer], passages)
        alone = await self._reader.read(question, [make_evidence("documents", "", answer)])
        pieces = [make_evidence("documents", "", text) for text in evidence if text.strip()]
        reading = await self._reader.read(question, pieces) if pieces else _NOTHING
        return await asyncio.to_thread(answering.answer_features, question, answer, passages, alone, reading, known)

    async def know(self, texts: Sequence[str], passages: Sequence[Passage]) -> Known:
        """Return the words and vectors of texts and evidence."""
        return await self._memory.know([*texts, "", *texts_of(passages)])


async def all_alike(terms: Sequence[str]) -> dict[str, float]:
    """Weigh every word alike: there is no index that knows better."""
    return dict.fromkeys(terms, 1.0)


def _compared(sentence: str, groups: Sequence[Sequence[Passage]], known: Known) -> Numbers:
    return np.array([Comparison(sentence, group, known).features() for group in groups])


def _together(sentence: str, passages: Sequence[Passage], best: int, known: Known) -> list[int]:
    """Return the best piece and each other one that adds something to it."""
    covered = Comparison(sentence, [passages[best]], known).covered
    adding = [
        place
        for place, one in enumerate(passages)
        if place != best and one.lines and Comparison(sentence, [passages[best], one], known).covered > covered + 1e-6
    ]
    return sorted([best, *adding])
