"""Typed questions answered on this machine: no key, no server, no download."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from math import comb
from typing import Any

from langchain_core.decisions import (
    Answer,
    BaseDecisionModel,
    Box,
    Choice,
    ChoiceAnswer,
    ClassifierResponse,
    Noul,
    NoulAnswer,
    Question,
    Score,
    ScoreAnswer,
    State,
)
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict, Field, PrivateAttr, SkipValidation
from typing_extensions import override

from stylegraph.agent.errors import InputError
from stylegraph.agent.local.probability import Line, log_odds
from stylegraph.agent.local.support.likelihoods import Likelihoods
from stylegraph.agent.local.support.passages import passage_of
from stylegraph.agent.lru_cache import LRUCache
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.text.language import detect_language
from stylegraph.tools.decisions.calibration import calibration
from stylegraph.tools.decisions.classifier import Classifier
from stylegraph.tools.decisions.labels import Label, labels_of, levels_of
from stylegraph.tools.decisions.states import Parts, parts_of, text_of
from stylegraph.tools.embeddings import LocalEmbedder

_EDGE = "next"
_KEPT = 64
"""Questions whose labels stay learned: an application asks the same ones again and again."""


class LocalDecisions(BaseDecisionModel):
    """A decision model that runs here, in milliseconds on a CPU, Korean and English.

    A `Choice`, a `Score` and a `Noul` with criteria are learned from what the criteria say of each label: a description, a
    list of examples, or `{"description": ..., "examples": [...]}`. Examples make it far better than a description.
    Instructions that are an object are graded by the parts that they name, the rest taken from the state: `claim` with
    `evidence` (do the passages say it), `question` with `passage` (does it answer), `question` with `answer` (is it
    answered). Probabilities were calibrated on the library's own tune data; `stylegraph-bench decisions` and
    `stylegraph-bench calibration` print how good they are.

    Example:
        >>> router = LocalDecisions()
        >>> teams = {"billing": ["I was charged twice", "환불해 주세요"], "technical": ["It crashes", "로그인이 안 돼요"]}
        >>> asked = {"team": Choice(instructions="Which team?", criteria=teams)}
        >>> router.invoke({"state": "결제가 두 번 됐어요", "questions": asked}).choices["team"].choice
        'billing'
        >>> graph.add_conditional_edges(START, router.edge(teams), [*teams])  # doctest: +SKIP
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: str = "stylegraph-local"
    """The name that answers carry."""
    embedder: SkipValidation[Embedder] = Field(default_factory=LocalEmbedder, exclude=True, repr=False)
    """Makes the vectors; the calibration was fitted with the default one."""

    _likelihoods: Likelihoods = PrivateAttr()
    _learned: LRUCache[tuple[Label, ...], Classifier] = PrivateAttr(default_factory=lambda: LRUCache(_KEPT))

    @override
    def model_post_init(self, context: Any, /) -> None:
        self._likelihoods = Likelihoods(self.embedder)

    @property
    @override
    def _provider(self) -> str:
        return "stylegraph"

    def edge(self, labels: Mapping[str, Any], instructions: str = "What is asked for?") -> Runnable[Any, str]:
        """Return what chooses the next node of a LangGraph graph by the messages of its state.

        Args:
            labels: Node -> what goes there: a description, a list of examples, or both.
            instructions: What is decided.
        """
        questions = {_EDGE: Choice(instructions=instructions, criteria=dict(labels))}

        def choose(state: Any) -> str:  # noqa: ANN401 - any graph's
            return _next(self.invoke({"state": _messages(state), "questions": questions}))

        async def achoose(state: Any) -> str:  # noqa: ANN401
            return _next(await self.ainvoke({"state": _messages(state), "questions": questions}))

        return RunnableLambda(choose, achoose)

    @override
    def _classify(self, state: State, questions: dict[str, Question]) -> ClassifierResponse:
        with ThreadPoolExecutor(1) as thread:  # the caller's own thread may run a loop, as in a notebook
            return thread.submit(asyncio.run, self._aclassify(state, questions)).result()

    @override
    async def _aclassify(self, state: State, questions: dict[str, Question]) -> ClassifierResponse:
        answers = {name: await self._answer(state, question) for name, question in questions.items()}
        return ClassifierResponse(model=self.model, answers=answers)

    async def _answer(self, state: State, question: Question) -> Answer:
        if isinstance(question, Box):
            raise InputError("The local decisions look at no pictures.", "Ask a decision model that does for a `Box`.")
        graded = await self._graded(parts_of(state, question.instructions))
        if isinstance(question, Choice):
            return await self._chosen(state, question)
        if isinstance(question, Score):
            return await self._scored(state, question, graded)
        return NoulAnswer(type="noul", noul=await self._yes(state, question) if graded is None else graded)

    async def _chosen(self, state: State, question: Choice) -> ChoiceAnswer:
        labels = labels_of(question.criteria)
        likely = await self._probabilities(text_of(state), labels)
        named = {label.name: one for label, one in zip(labels, likely, strict=True)}
        best = max(named, key=named.__getitem__)
        return ChoiceAnswer(type="choice", choice=best, probabilities=named, confidence=named[best])

    async def _scored(self, state: State, question: Score, graded: float | None) -> ScoreAnswer:
        """Return the level that is expected: by what the levels say or, of what is graded, as so many chances to be met."""
        most = len(question.criteria) - 1
        if graded is None:
            likely = await self._probabilities(text_of(state), levels_of(question.criteria))
        else:
            likely = [comb(most, level) * graded**level * (1 - graded) ** (most - level) for level in range(most + 1)]
        return ScoreAnswer(
            type="score",
            score=min(float(most), sum(level * one for level, one in enumerate(likely))),
            legend=dict(enumerate(question.criteria)),
            probabilities=dict(enumerate(likely)),
            confidence=max(likely),
        )

    async def _yes(self, state: State, question: Noul) -> float:
        """Return how likely yes is: by what yes and no mean, or by how near the state is to what is asked."""
        criteria, text = question.criteria, text_of(state)
        if criteria is not None and criteria.true is not None and criteria.false is not None:
            labels = labels_of({"true": criteria.true, "false": criteria.false})
            return (await self._probabilities(text, labels))[0]
        asked = text_of(criteria.true if criteria is not None and criteria.true is not None else question.instructions)
        one, other = await self.embedder.embed([text, asked])
        return calibration().about.probability(float(one @ other))

    async def _graded(self, parts: Parts | None) -> float | None:
        """Return what the local graders say of what a question names; None where it names nothing that they read."""
        if parts is None:
            return None
        if parts.claim and parts.evidence:
            passages = await asyncio.to_thread(lambda: [passage_of(text) for text in parts.evidence])
            likely, _ = await self._likelihoods.borne(parts.claim, passages)
            return _calibrated(calibration().grounded, parts.claim, likely)
        if parts.question and parts.answer:
            likely = await self._likelihoods.answers(parts.question, parts.answer, parts.evidence)
            return _calibrated(calibration().answers, parts.question, likely)
        if parts.question and parts.evidence:
            found = [await self._likelihoods.relevant(parts.question, text) for text in parts.evidence]
            return _calibrated(calibration().relevant, parts.question, max(found))
        return None

    async def _probabilities(self, text: str, labels: tuple[Label, ...]) -> list[float]:
        classifier = self._learned.recall([labels]).get(labels) or await self._learn(labels)
        (vector,) = await self.embedder.embed([text])
        return [float(one) for one in await asyncio.to_thread(classifier.probabilities, text, vector)]

    async def _learn(self, labels: tuple[Label, ...]) -> Classifier:
        vectors = await self.embedder.embed([text for label in labels for text in label.texts])
        classifier = await asyncio.to_thread(Classifier, labels, vectors)
        self._learned.keep({labels: classifier})
        return classifier


def _calibrated(lines: dict[Any, Line], text: str, likely: float) -> float:
    return lines[detect_language(text)].probability(log_odds(likely))


def _messages(state: Any) -> Any:  # noqa: ANN401 - a mapping, a dataclass, a pydantic model
    return state["messages"] if isinstance(state, Mapping) else state.messages


def _next(response: ClassifierResponse) -> str:
    return response.choices[_EDGE].choice
