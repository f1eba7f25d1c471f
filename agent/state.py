"""What travels along the graph."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from stylegraph.agent.acts import Act, Finding
from stylegraph.agent.budget import Budget, Charge
from stylegraph.agent.evidence import Evidence, Filters, Note
from stylegraph.agent.text.language import Language

Effort = Literal["quick", "standard", "thorough"]
"""How hard a turn tries: `quick` hands in the first draft; `standard` grades and revises; `thorough` also orders evidence."""


class Turn(TypedDict):
    """What is fixed when a turn begins."""

    id: str
    asked: str
    """The person's words as they came."""
    language: Language
    user: str
    effort: Effort
    model: NotRequired[str]
    """The chat model that was chosen for it."""
    index: str | None
    """The one knowledge index to look in, or all of them."""
    only: NotRequired[dict[str, list[str]]]
    """Field -> values: documents that have none of these are not looked at, whatever a revision widens."""
    image: str | None
    """A reference to the picture (never its bytes); of several the first."""
    images: NotRequired[list[str]]
    """References to all pictures that the question is about, in the order they were sent."""
    started: float
    """Seconds since the epoch."""
    budget: Budget


class Pictured(TypedDict):
    """One thing of several that were sent as pictures: each is asked about, and answered, by itself."""

    picture: int
    """Which of the turn's pictures shows it, 1-based."""
    named: str
    """What it is called: "blue denim jacket"."""
    asks: str
    """What documents are asked of it, and answered for it."""


class Routing(TypedDict):
    """Where a question goes: one decision."""

    question: str
    """The standalone question: follow-ups resolved against the conversation."""
    language: Language
    routes: list[str]
    """1..n of the sources' names and `chat`."""
    queries: dict[str, list[str]]
    """Route -> what to look for there; at least one each, `chat` left out. What is no route is looked at first: the question
    goes there if that answers it."""
    wordings: NotRequired[list[str]]
    """How else a follow-up may be meant: asked of the document that the last answer was read from."""
    parts: NotRequired[dict[str, str]]
    """Route -> what of the question is for it alone, when the question asks for several things."""
    pictured: NotRequired[list[Pictured]]
    """The things that the question is about, where it came with several; in the order of their pictures."""
    filters: dict[str, Filters]
    """Route -> the conditions that the words imply."""
    ask_back: str | None
    """The question to put back when one fact is missing without which there is no answer."""
    choices: list[str]
    """Quick answers to `ask_back`."""
    confidence: float
    """0..1."""


class Summary(TypedDict):
    """What a long conversation said before the messages that a model still reads as they stand."""

    text: str
    upto: str
    """Id of the last message that it covers."""


Kind = Literal["answer", "recommendation", "chat", "declined", "nothing"]


class Draft(TypedDict):
    """An answer that is not yet graded."""

    text: str
    kind: Kind
    """`nothing`: the evidence holds no answer and the text says so. `declined`: out of what this assistant does."""
    citations: list[dict[str, Any]]
    """`agent.reply.Citation` as plain data; `[n]` in the text names the n-th."""
    recommendations: list[dict[str, Any]]
    """`agent.reply.Recommendation` as plain data."""
    unsupported: NotRequired[list[str]]
    """Sentences whose citation did not hold and was taken away."""
    general: NotRequired[bool]
    """Whether a part of it is general knowledge, marked as such."""


class Revision(TypedDict):
    """What to do about an answer that is not good enough."""

    action: Literal["widen", "correct", "stop"]
    """Look again, write again from what is there, or end with what there is."""
    routing: Routing
    """Where to look now, for `widen`."""
    k: int
    """How many pieces of evidence to ask each source for."""
    reason: str
    """What was wrong, for the writer and for the person who watches."""


def merge_evidence(left: Sequence[Evidence], right: Sequence[Evidence]) -> list[Evidence]:
    """Join evidence of parallel sources: one entry an id, the best score kept, best first.

    Equal scores keep the order that they came in: a whole document is read from its beginning.
    """
    best: dict[str, Evidence] = {}
    for evidence in [*left, *right]:
        known = best.get(evidence["id"])
        if known is None or evidence["score"] > known["score"]:
            best[evidence["id"]] = evidence
    return sorted(best.values(), key=lambda evidence: -evidence["score"])


def newest(left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
    """Return the newer value: look-ups that run side by side may both bring one."""
    return right


def joined(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """Return both; of one name the newer."""
    return {**left, **right}


class Conversation(TypedDict):
    """What goes in: the ecosystem's convention, so chat front-ends work unchanged."""

    messages: Annotated[list[AnyMessage], add_messages]


class Answered(TypedDict):
    """What comes out."""

    messages: Annotated[list[AnyMessage], add_messages]
    reply: dict[str, Any]
    """`agent.reply.Reply` as plain data."""


class AssistantContext(TypedDict, total=False):
    """What a caller may set for one run."""

    user: str
    """Whose profile is used; default `local`."""
    effort: Effort
    model: str
    """The chat model that acts and grades: `STYLEGRAPH_MODEL` (the default), or one of `STYLEGRAPH_MODELS`."""
    index: str
    """Look in this knowledge index only."""
    only: dict[str, list[str]]
    """Look at documents only that have one of these values in a field, such as `{"audience": ["staff"]}`."""
    image: str | list[str]
    """The picture that the question is about, or several: web addresses or data URLs, never paths."""
    budget: dict[str, float]
    """Parts of the budget to set lower or higher for this turn."""
    ask_back: Literal["end", "interrupt"]
    """What a question put back does: it ends the turn (default), or waits by LangGraph's `interrupt()` for the answer."""
    feedback: dict[str, list[str]]
    """Opinions on items that come with the question: ids under `like` and `dislike`."""


class AssistantState(TypedDict, total=False):
    """Everything along the way. What is not said to outlive a turn is reset when the next begins."""

    messages: Annotated[list[AnyMessage], add_messages]
    """The conversation; outlives the turn."""
    turn: Turn
    """What is fixed when the turn begins."""
    profile: dict[str, Any]
    """What is known of the person: `agent.memory.Profile`, read from the store."""
    act: Act | None
    """What the agent did last."""
    routing: Routing | None
    """Where the question goes, where an agent decides that first."""
    findings: Annotated[list[Finding], operator.add]
    """What each look-up of this turn brought."""
    working: Annotated[list[dict[str, Any]], operator.add]
    """What a chat model and the graph said to each other in this turn, as `agent.llm.working` keeps it; empty between turns."""
    passages: list[str]
    """Evidence ids in the order that a model was shown them: passage n is the n-th."""
    seen: list[dict[str, Any]]
    """What each of the pictures shows that the question is about, in their order, as whatever looked at them says it."""
    evidence: Annotated[list[Evidence], merge_evidence]
    """What the sources found this turn, best first."""
    artifacts: Annotated[dict[str, Any], joined]
    """What sources found this turn for front-ends to show, by name."""
    kept: Annotated[dict[str, Any], joined]
    """Source -> what it keeps of this turn."""
    choices: Annotated[list[str], newest]
    """Quick answers to a question that a source's notes put."""
    relevance: dict[str, float]
    """Evidence id -> how relevant it is, 0..1, once graded; a part of the local agent's own reading."""
    draft: Draft
    """The answer so far."""
    grade: dict[str, Any] | None
    """`agent.reply.Grade` of the draft, as plain data; None while the draft is not graded."""
    best: dict[str, Any] | None
    """The best draft of this turn with its grade: what `best_effort` falls back to."""
    revision: Revision | None
    """What the local agent decided last about a draft that was not good enough."""
    revisions: int
    """How many revisions this turn has made."""
    ledger: Annotated[list[Charge], operator.add]
    """What this turn has spent, call by call."""
    notes: Annotated[list[Note], operator.add]
    """What went differently than asked."""
    reply: dict[str, Any]
    """The authoritative result: `agent.reply.Reply` as plain data."""
    last_routes: list[str]
    """Where the previous turn looked; outlives the turn."""
    pictures: list[str]
    """References to the pictures that the person sent last; outlives the turn."""
    shown: list[str]
    """Ids of the items that the person saw last, in order; outlives the turn."""
    memory: dict[str, Any]
    """Source -> what it kept of its last turn; outlives the turn. What is in it is the source's own business."""
    asked_back: bool
    """Whether the previous turn ended in a question put back; outlives the turn."""
    summary: Summary | None
    """What was said before that; outlives the turn. Only a model writes one."""


def current_routing(state: AssistantState) -> Routing:
    """Return where the question goes now: as it was revised, else as it was routed first.

    Raises:
        ValueError: Nothing was routed: a local decision was asked to act in another agent's turn.
    """
    revision, routing = state.get("revision"), state.get("routing")
    if revision is not None:
        return revision["routing"]
    if routing is None:
        raise ValueError("Nothing was routed in this turn.")
    return routing


def is_talk(routing: Routing) -> bool:
    """Check whether a question is taken for small talk."""
    return routing["routes"] == ["chat"]


def looked_at_first(routing: Routing) -> Routing:
    """Return where to look before a question goes where it was routed; the routing as it is where there is no such place."""
    first = [route for route in routing["queries"] if route not in routing["routes"]]
    return Routing(**{**routing, "routes": first}) if first else routing
