"""The five decisions of a turn, as protocols. `agent.local` makes them without a model.

Each decision is a node of the graph: it reads the state and gives the part of the state that it decides.
A user's own decision is a class with the one method, passed to `open_assistant`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NotRequired, Protocol

import numpy as np
from langgraph.types import StreamWriter
from numpy.typing import NDArray
from typing_extensions import TypedDict

from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import EmbeddingError
from stylegraph.agent.evidence import Note
from stylegraph.agent.state import AssistantState, Draft, Revision, Routing, Summary

Vectors = NDArray[np.float32]

TermWeights = Callable[[Sequence[str]], Awaitable[Mapping[str, float]]]
"""Tokens -> how telling each is (inverse document frequency in the user's own knowledge, natural log)."""


class Embedder(Protocol):
    """Text to vectors. Implemented in `tools.embeddings`; named here because the local decisions need one."""

    @property
    def name(self) -> str:
        """The embedding's name, written into every index made with it."""

    @property
    def dimension(self) -> int:
        """Length of a vector; 0 while a server has not told it yet."""

    @property
    def window(self) -> int:
        """Characters of a passage that one vector stands for well."""

    @property
    def problem(self) -> EmbeddingError | None:
        """Why a server did not give the vectors that were last asked for; None where it did, and on this machine."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit-length row a text: shape (len(texts), dimension), float32; a blank text gives zeros.

        Raises:
            EmbeddingError: A server did not answer; it was waited for as long as indexing may wait.
        """

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Do the same for the wordings of a question, which waits for it.

        Raises:
            EmbeddingError: A server did not answer in time.
        """


class _Metered(TypedDict):
    ledger: NotRequired[list[Charge]]
    notes: NotRequired[list[Note]]


class RouteUpdate(_Metered):
    """What routing adds to the state."""

    routing: Routing
    summary: NotRequired[Summary]


class RelevanceUpdate(_Metered):
    """What grading the evidence adds to the state."""

    relevance: dict[str, float]


class DraftUpdate(_Metered):
    """What writing adds to the state."""

    draft: Draft


class GradeUpdate(_Metered):
    """What grading the answer adds to the state."""

    grade: dict[str, Any]


class RevisionUpdate(_Metered):
    """What revising adds to the state."""

    revision: Revision


class Router(Protocol):
    """Decides where a question goes."""

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Read `messages`, `turn`, `last_routing`, `shown`, `asked_back`; give the routing."""


class EvidenceGrader(Protocol):
    """Decides how relevant each piece of evidence is."""

    async def grade(self, state: AssistantState) -> RelevanceUpdate:
        """Read `routing`, `evidence`; give id -> 0..1 for all of them. Runs beside the writer."""


class Writer(Protocol):
    """Writes the answer."""

    async def answer(self, state: AssistantState, writer: StreamWriter) -> DraftUpdate:
        """Read `routing`, `evidence`, `revision` and, once it is there, `relevance`; give a draft.

        Args:
            state: The state.
            writer: Takes `agent.events.Drafted` events as the text comes.
        """


class AnswerGrader(Protocol):
    """Decides whether an answer is good enough."""

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Read `draft`, `evidence`, `relevance`, `routing`; give the grade. Citations are checked in code."""


class Reviser(Protocol):
    """Decides what to do about an answer that is not."""

    async def revise(self, state: AssistantState) -> RevisionUpdate:
        """Read `grade`, `draft`, `routing`, `revisions`; give the revision."""


class Decisions(TypedDict):
    """Who makes each decision, by the names that the graph's parts have."""

    router: Router
    evidence_grader: EvidenceGrader
    writer: Writer
    answer_grader: AnswerGrader
    reviser: Reviser
