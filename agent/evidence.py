"""Evidence, and the sources that it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, NotRequired, Protocol, runtime_checkable

from typing_extensions import TypedDict

from stylegraph.agent.text.language import Language


class Condition(TypedDict):
    """What one field must meet: at least one of `any`, none of `none`, and within `gte`..`lte` (inclusive).

    Where `lacking` is true, a document that has no value of the field at all meets its `any` too.
    """

    any: NotRequired[list[str]]
    none: NotRequired[list[str]]
    gte: NotRequired[float]
    lte: NotRequired[float]
    lacking: NotRequired[bool]


Filters = dict[str, Condition]
"""Field name -> condition; all of them must hold. Fields may be single or list valued."""

AUDIENCE = "audience"
"""The field of a document that says whom it is for: users and groups. One without it is for everybody."""


class Locator(TypedDict, total=False):
    """Where in its source a piece of evidence stands."""

    page: int
    """1-based page of a PDF, or slide of a presentation."""
    line: int
    """1-based line of source code."""
    seconds: float
    """Start within a video or recording."""
    pointer: str
    """JSON pointer (RFC 6901), record id, cell of a spreadsheet (`sheet!A7`) or chapter of a book."""
    heading: str
    """Heading path, joined by " › "."""
    lead_in: str
    """What the passage goes on under: the header row of its table, or the sentence that introduces its list."""
    start: int
    """First character of the span in the source's text."""
    end: int
    """One past the last character."""


PICTURES = "pictures"
"""Key of a piece's `data`: for which of several pictures it was found, 1-based."""


class Evidence(TypedDict):
    """One passage, page or item that an answer may cite."""

    id: str
    """Stable for the same content: what citations name. See `evidence_id`."""
    route: str
    """The route (source name) that found it."""
    title: str
    text: str
    url: str | None
    """An http(s) address, or the path of a file."""
    locator: Locator
    score: float
    """How well it fits, 0..1, comparable within one source."""
    found_by: str
    """Which leg or rule found it: `fused`, `lexical`, `dense`, ..."""
    data: dict[str, Any]
    """What the source knows beyond the text: an item's attributes, reasons, price, image. JSON-able."""


class Note(TypedDict):
    """Something that went differently than asked, kept in the reply."""

    code: str
    """Stable, for programs: `web_unavailable`, `source_failed`, ..."""
    text: str
    """For people, in the language of the question."""
    unsearched: NotRequired[str]
    """The source that could not be searched, or not all of it, for the reason that the note tells: that nothing was
    found there doesn't say that nothing is there."""


def unsearched(notes: Sequence[Note]) -> dict[str, str]:
    """Return source -> why it could not be searched, or not all of it."""
    why: dict[str, list[str]] = {}
    for note in notes:
        if "unsearched" in note and note["text"] not in why.setdefault(note["unsearched"], []):
            why[note["unsearched"]].append(note["text"])
    return {source: " ".join(texts) for source, texts in why.items()}


class SourceTask(TypedDict):
    """What one source is asked to do: the state of its node."""

    id: NotRequired[str]
    """Names the look-up within the turn."""
    tool: NotRequired[str]
    """Which of the source's tools is asked for, where it offers several; else empty."""
    arguments: NotRequired[dict[str, Any]]
    """What a model called the tool with, by the schema that the source gave."""
    question: str
    """The standalone question."""
    asked: NotRequired[str]
    """The person's words as they came."""
    queries: list[str]
    """What to look for; at least one."""
    filters: Filters
    """What must hold for everything that is found."""
    language: Language
    k: int
    """How many pieces of evidence are wanted."""
    attempt: int
    """0 the first time in a turn, then one more for every revision."""
    web_searches: int
    """Web searches that the turn's budget has left."""
    model_calls: NotRequired[int]
    """Model calls that the turn's budget has left."""
    seconds: float
    """Seconds that the turn's budget has left."""
    user: str
    index: str | None
    """The one knowledge index to look in, or all of them."""
    links: NotRequired[list[str]]
    """Addresses that may be opened: found this turn, or given by the person. No others."""
    shown: list[str]
    """Ids of the items that the person saw last, in order."""
    memory: NotRequired[Any]
    """What the source kept of its last turn in this conversation (`Gathered.memory`), if it kept anything."""
    followed: NotRequired[bool]
    """Whether the turn before this one looked here, too: what it kept is then what this turn may follow up on."""
    profile: dict[str, Any]
    """What is known of the person (`agent.memory.Profile`)."""
    seen: NotRequired[list[dict[str, Any]]]
    """What each picture shows that the question is about, as whatever looked at them says it; in their order."""


class Gathered(TypedDict, total=False):
    """What a source gives back."""

    evidence: list[Evidence]
    notes: list[Note]
    memory: Any
    """What the source's next turn needs to know of this one, as plain data: what "cheaper ones" leans on."""
    artifacts: dict[str, Any]
    """What a front-end may show beside the text, by name, as plain data with its `kind`: see `agent.reply.ItemSet`."""
    choices: list[str]
    """Quick answers to a question that the notes put: whom something is for."""
    remarks: list[str]
    """What a chat model should know of what was found, and no note to the person says: a total, why pieces go together."""
    ledger: list[Any]
    """Charges (`agent.budget.Charge`) for model calls or web searches that it made."""


@runtime_checkable
class EvidenceSource(Protocol):
    """A place that evidence comes from. The built-in ones are written as a user would write theirs."""

    @property
    def name(self) -> str:
        """The route's name: one lower-case word."""

    @property
    def node(self) -> str:
        """The node's verb in the graph, such as `retrieve`."""

    @property
    def description(self) -> str:
        """One line on what is found here: what a model routes by."""

    @property
    def examples(self) -> Sequence[str]:
        """A few questions that belong here: what the local router learns from."""

    async def gather(self, state: SourceTask) -> Gathered:
        """Find evidence for one task.

        Raises:
            SourceError: The source did not answer. The turn goes on, and the reply's notes say so.
        """


@runtime_checkable
class ProbedSource(Protocol):
    """A source that can say in milliseconds how well it could answer: a feature for the local router."""

    async def probe(self, question: str) -> float:
        """Return the best match's score, 0..1."""


@runtime_checkable
class RenamingSource(Protocol):
    """A source that holds things of which no router has learned what is asked."""

    def renamed(self, text: str) -> str:
        """Return a text with the things that the source holds under the name of one that the local router has learned of."""


class Match(NamedTuple):
    """What a source has that is most like a question."""

    score: float
    """How well it matches, 0..1."""
    strange: bool
    """Whether it is of somebody's own, of which no router has learned what is asked."""
    passages: Sequence[Evidence] = ()
    """What somebody put there that is most like the question, for a reader to judge; none where the best match is not of it."""


@runtime_checkable
class MatchingSource(ProbedSource, Protocol):
    """A source that holds what it came with and what somebody put into it, and can say which of them a question is like."""

    async def match(self, question: str) -> Match:
        """Return the best match, in milliseconds."""


@runtime_checkable
class RecommendingSource(Protocol):
    """A source that finds items to choose among, where others find texts that answer."""

    @property
    def recommends(self) -> bool:
        """Whether it does."""


def recommends(source: EvidenceSource) -> bool:
    """Check whether a source finds items to choose among."""
    return isinstance(source, RecommendingSource) and source.recommends


@runtime_checkable
class EagerSource(Protocol):
    """A source that takes milliseconds and costs nothing: it may be asked before a chat model says so."""

    @property
    def eager(self) -> bool:
        """Whether it is."""


def is_eager(source: EvidenceSource) -> bool:
    """Check whether a source may be asked before a chat model says so."""
    return isinstance(source, EagerSource) and source.eager


@runtime_checkable
class IndexedSource(Protocol):
    """A source that looks in indexes which have names."""

    async def indexes(self) -> Sequence[str]:
        """Return their names.

        Raises:
            IndexStoreError: They can't be had now.
        """


@runtime_checkable
class FilteringSource(Protocol):
    """A source that reads conditions from the words of a question."""

    def read_filters(self, question: str) -> Filters:
        """Return the conditions that the words imply, such as a price range or colours not wanted."""


class ToolSpec(TypedDict):
    """One way in which a source can be asked, as a chat model is told of it."""

    name: str
    """A verb and what it is about: `search_documents`."""
    description: str
    """What it finds, when to use it, and what the arguments mean."""
    parameters: dict[str, Any]
    """JSON schema of the arguments: an object. A property `query` or `queries` is searched for as it stands."""


@runtime_checkable
class ToolSource(Protocol):
    """A source that can be asked in ways of its own. One without is offered under its name with a `query`."""

    def tools(self) -> Sequence[ToolSpec]:
        """Return the ways in which it can be asked; `SourceTask` says by `tool` and `arguments` which was chosen."""


@runtime_checkable
class SchemedSource(Protocol):
    """A source whose one tool has a schema of arguments of its own."""

    @property
    def args_schema(self) -> Mapping[str, Any] | type[Any] | None:
        """A JSON schema, or a pydantic class; None: a `query`."""


@runtime_checkable
class OverviewSource(Protocol):
    """A source that can say in a few lines what it holds now."""

    async def overview(self, task: SourceTask) -> str:
        """Return titles, languages, counts: what somebody needs to know to ask well, of what `task` may see."""


@runtime_checkable
class RecallingSource(Protocol):
    """A source that can show again what the person saw last, so that it can be talked about."""

    async def recall(self, task: SourceTask) -> Sequence[Evidence]:
        """Return the items of `task["shown"]`, in their order."""


@runtime_checkable
class ContinuingSource(Protocol):
    """A source that knows words which bid to change what it showed, wherever they would go by themselves."""

    def continues(self, asked: str, memory: Any) -> bool:  # noqa: ANN401 - the source's own
        """Check whether the person's words, as they came, change what the source showed; `memory` is what it kept."""


Leg = Literal["fused", "lexical", "dense"]
"""Which ranking is asked for: the words', the embedding's, or both fused."""


def evidence_id(route: str, *identity: str) -> str:
    """Return an id that is the same for the same content.

    Args:
        route: The source's name.
        identity: What makes the content that content: an item id, or a document id and its text.

    Returns:
        The route and 10 hexadecimal digits, such as `documents-3f2a90c1de`.
    """
    digest = hashlib.blake2b("\x1f".join(identity).encode("utf-8", "surrogatepass"), digest_size=5)
    return f"{route}-{digest.hexdigest()}"


def make_evidence(
    route: str,
    title: str,
    text: str,
    *,
    url: str | None = None,
    score: float = 1.0,
    found_by: str = "lookup",
    locator: Locator | None = None,
    data: Mapping[str, Any] | None = None,
) -> Evidence:
    """Make a piece of evidence with a stable id: what most sources need, in one call."""
    return Evidence(
        id=evidence_id(route, url or "", title, text),
        route=route,
        title=title,
        text=text,
        url=url,
        locator=locator or {},
        score=score,
        found_by=found_by,
        data=dict(data or {}),
    )
