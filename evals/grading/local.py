"""The grader without a model: two fitted linear models over what sentences, evidence and question have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.local.reader.features import Known, Numbers
from stylegraph.agent.local.reader.reader import Memory, Reader, Reading
from stylegraph.agent.protocols import Embedder
from stylegraph.evals.grading import answering, support
from stylegraph.evals.grading.passages import Passage, passage_of, texts_of
from stylegraph.evals.grading.records import Answered, Graded, Supported, claims, summed_up
from stylegraph.evals.grading.support import Comparison
from stylegraph.evals.grading.weights import fitted
from stylegraph.evals.harness.fake_sources import alike

LEAST = 0.5
"""How likely a sentence must be to be called borne, and an answer to be called one."""
_NOTHING = Reading([], 0.0, {})


class LocalGrader:
    """A `Grader` that needs no model and no network.

    Args:
        embedder: Compares words and sentences by meaning.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._memory = Memory(embedder)
        self._reader = Reader(embedder, alike)

    async def grade(self, answered: Answered) -> Graded:
        """Return the grade."""
        passages = [passage_of(piece.text) for piece in answered.evidence]
        ids = [piece.id for piece in answered.evidence]
        sentences = []
        for text, cited in claims(answered):
            likely, bearing = await self.borne(text, passages)
            supported = likely >= LEAST
            evidence = [ids[place] for place in bearing] if supported else []
            sentences.append(
                Supported(text=text, supported=supported, likely=round(likely, 4), evidence=evidence, cited=cited)
            )
        answers = await self.answers(answered)
        return summed_up(answered, sentences, answers, "local", least=LEAST)

    async def borne(self, sentence: str, passages: Sequence[Passage]) -> tuple[float, list[int]]:
        """Return how likely evidence bears a sentence, 0..1, and the places of the pieces that do."""
        places = [place for place, one in enumerate(passages) if one.lines]
        if not places:
            return 0.0, []
        known = await self.know([sentence], passages)
        groups = [places, *([[place] for place in places] if len(places) > 1 else [])]
        rows = await asyncio.to_thread(_compared, sentence, [[passages[at] for at in group] for group in groups], known)
        likely = fitted("support", support.NAMES).likely(rows)
        if len(places) == 1:
            return float(likely[0]), places
        alone = [place for place, one in zip(places, likely[1:], strict=True) if one >= LEAST]
        best = places[int(np.argmax(likely[1:]))]
        return float(likely.max()), alone or await asyncio.to_thread(_together, sentence, passages, best, known)

    async def answers(self, answered: Answered) -> float:
        """Return how likely an answer answers its question, 0..1; whether it is true is another matter."""
        text = " ".join(text for text, _ in claims(answered)) or answered.answer.strip()
        if not text:
            return 0.0
        features = await self.answer_features(answered.question, text, [piece.text for piece in answered.evidence])
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
