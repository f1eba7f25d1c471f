"""The grader without a model: `agent/local/support` over the claims of any system's answer."""

from __future__ import annotations

from stylegraph.agent.local.support.likelihoods import LEAST, Likelihoods
from stylegraph.agent.local.support.passages import passage_of
from stylegraph.agent.protocols import Embedder
from stylegraph.evals.grading.records import Answered, Graded, Supported, claims, summed_up


class LocalGrader:
    """A `Grader` that needs no model and no network.

    Args:
        embedder: Compares words and sentences by meaning.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._likelihoods = Likelihoods(embedder)

    async def grade(self, answered: Answered) -> Graded:
        """Return the grade."""
        passages = [passage_of(piece.text) for piece in answered.evidence]
        ids = [piece.id for piece in answered.evidence]
        sentences = []
        for text, cited in claims(answered):
            likely, bearing = await self._likelihoods.borne(text, passages)
            supported = likely >= LEAST
            evidence = [ids[place] for place in bearing] if supported else []
            sentences.append(
                Supported(text=text, supported=supported, likely=round(likely, 4), evidence=evidence, cited=cited)
            )
        answers = await self._answers(answered)
        return summed_up(answered, sentences, answers, "local", least=LEAST)

    async def _answers(self, answered: Answered) -> float:
        """Return how likely an answer answers its question, 0..1; whether it is true is another matter."""
        text = " ".join(text for text, _ in claims(answered)) or answered.answer.strip()
        if not text:
            return 0.0
        return await self._likelihoods.answers(answered.question, text, [piece.text for piece in answered.evidence])
