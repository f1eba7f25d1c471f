"""Who decides what in a turn, as protocols: an agent acts, a grader checks; a router and a reranker may help.

`agent.local` makes them without a model, `agent.llm` with a chat model. A class of a user's own with the one method is
passed to `open_assistant`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NotRequired, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypedDict

from stylegraph.agent.acts import Act
from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import EmbeddingError
from stylegraph.agent.events import Event
from stylegraph.agent.evidence import Evidence, Filters, Note
from stylegraph.agent.reply import Reply
from stylegraph.agent.state import AssistantState, Draft, Revision, Routing, Summary

if TYPE_CHECKING:
    from stylegraph.agent.llm.client import ModelCaller

Vectors = NDArray[np.float32]

Stream = Callable[[Event], None]
"""Takes events of `agent.events` as they happen: the draft's text as it comes."""

TermWeights = Callable[[Sequence[str]], Awaitable[Mapping[str, float]]]
"""Tokens -> how telling each is (inverse document frequency in the user's own knowledge, natural log)."""


class Viewer(Protocol):
    """Looks at the pictures of a turn."""

    async def look(self, state: AssistantState) -> Mapping[str, Any]:
        """Read `turn["images"]`; return any of `seen` (what each shows, as plain data), `evidence`, `notes` and `ledger`."""


@runtime_checkable
class ModelViewer(Protocol):
    """A viewer that can have a chat model look."""

    def by_model(self, caller: ModelCaller) -> Viewer:
        """Return one that does."""


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


class ActUpdate(_Metered):
    """What a visit of the agent adds to the state."""

    act: Act
    draft: NotRequired[Draft]
    """The draft, where the act is one."""
    routing: NotRequired[Routing]
    revision: NotRequired[Revision]
    working: NotRequired[list[dict[str, Any]]]
    passages: NotRequired[list[str]]
    relevance: NotRequired[dict[str, float]]
    """Evidence id -> 0..1, where evidence was graded before writing: who grades the draft reads the same."""
    evidence: NotRequired[list[Evidence]]
    """What the agent knew without looking: what was shown in the turn before."""


class RouteUpdate(_Metered):
    """What routing adds to the state."""

    routing: Routing


class GradeUpdate(_Metered):
    """What grading a draft adds to the state."""

    grade: dict[str, Any]
    """`agent.reply.Grade` as plain data."""
    summary: NotRequired[Summary]


class Agent(Protocol):
    """Decides what to do next, visit by visit, until there is an answer."""

    async def act(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Return the next act: look-ups, a question back, a draft, or the end of trying.

        Args:
            state: The state. A `grade` in it is that of the last draft, which was not good enough.
            stream: Takes `agent.events.Drafted` events as the text of a draft comes.
        """


class Grader(Protocol):
    """Checks a draft against what its writer read."""

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Read `draft`, `evidence`; return the grade."""


class Router(Protocol):
    """Decides where a question goes: the first act only, where a caller wants it cheap."""

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Read `messages`, `turn`, `shown`, `asked_back`; return the routing."""


class Reranker(Protocol):
    """Scores how much each piece of evidence helps to answer a question."""

    async def rerank(self, question: str, evidence: Sequence[Evidence]) -> Sequence[float]:
        """Return a score 0..1 for each piece, in their order."""


class Reranked(NamedTuple):
    """Scores 0..1 in the order of the evidence, and what they cost."""

    scores: Sequence[float]
    ledger: list[Charge]


@runtime_checkable
class MeteredReranker(Protocol):
    """A reranker whose calls cost something."""

    async def rerank_metered(self, question: str, evidence: Sequence[Evidence], calls: int) -> Reranked:
        """Return a score 0..1 for each piece, in their order, with the charges; `calls` is what the turn has left."""


@runtime_checkable
class FollowedSource(Protocol):
    """A source that knows what else can be asked of what it found."""

    async def follow_ups(self, reply: Reply, filters: Filters) -> Sequence[str]:
        """Return questions that are complete in themselves or follow the reply, in its language, the best first.

        Args:
            reply: What the turn ends with: its evidence, and what of it is cited or recommended.
            filters: What must hold for every document that is read for it: who may see it.
        """
