"""A second graph: documents into an index, or a shop's catalogue into the wardrobe, over the same API as questions.

What is read is named by references to uploaded files and by web addresses, never by a path on the server. One document is
one step: a run that was stopped goes on with the next one when it is run again, and what was indexed already is passed
over, since indexing changes only what is new.
"""

from __future__ import annotations

import io
import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Overwrite
from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.redaction import without_places
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantContext
from stylegraph.graphs.build import open_library
from stylegraph.graphs.nodes.identity import Asker, asker
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.graphs.server.deployed.troubles import kind_of
from stylegraph.graphs.server.deployed.uploads import SCHEME, Uploads
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.ingestion.formats.apart import Bounds
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.report import Progress
from stylegraph.tools.ingestion.sources import Source, for_audience, is_url, owned
from stylegraph.tools.net.fetch import canonical
from stylegraph.tools.retrieval.library import check_name

EDITORS = "editors"
"""The group whose members may index for everybody and import catalogues, which everybody is recommended from."""
INDEX = "uploads"
_MOST = 100


class Text(TypedDict):
    """A text that is sent as it is."""

    title: str
    text: str


class Wanted(TypedDict, total=False):
    """What goes in."""

    documents: list[str]
    """Web addresses, and references to uploaded files such as `upload:guide.pdf`."""
    texts: list[Text]
    index: str
    """The index that they go to; `uploads` by default."""
    audience: list[str]
    """Users and groups that they are for; by default whoever sends them."""
    catalogue: str
    """A reference to an uploaded catalogue (CSV, JSONL), which is imported instead."""
    columns: dict[str, str]
    """Which field a column of it is, where its name doesn't say so."""


class State(Wanted, total=False):
    """What travels along the graph."""

    left: list[str]
    """What is still to be indexed."""
    importing: str | None
    """The catalogue that is still to be imported."""
    reports: Annotated[list[dict[str, Any]], operator.add]


class Done(TypedDict):
    """What comes out."""

    reports: Annotated[list[dict[str, Any]], operator.add]
    """What became of each document (`tools.ingestion.report.SourceReport`), or of the catalogue."""


class Indexing(TypedDict):
    """How far it is; told several times a second."""

    event: Literal["indexing"]
    document: str
    done: float
    """How much of it has been indexed, 0..1."""
    chunks: NotRequired[int]
    seconds: NotRequired[float]


class Indexed(TypedDict):
    """What became of one document."""

    event: Literal["indexed"]
    document: str
    report: dict[str, Any]


async def receive(state: State, runtime: Runtime[AssistantContext]) -> dict[str, Any]:
    """Keep the texts, and see whether everything that is named may be indexed.

    Raises:
        InputError: It may not, or is not there.
    """
    by, settings = asker(runtime), (await parts()).settings
    audience = allowed_audience(by, state.get("audience"))
    await _check_index(by, state.get("index", INDEX), settings)
    uploads = Uploads(settings, by.user)
    sent = [await _kept(uploads, text) for text in state.get("texts") or []]
    named = list(dict.fromkeys([*(state.get("documents") or []), *sent]))
    if len(named) > _MOST:
        raise InputError(f"{len(named)} documents are too many for one run.", f"Send up to {_MOST} at a time.")
    for document in named:
        await _place(uploads, document)
    if catalogue := state.get("catalogue"):
        _check_editor(by, "import a catalogue")
        await uploads.path(catalogue)
    if not named and not catalogue:
        raise InputError("Nothing is named to be indexed.", "Name `documents`, `texts` or a `catalogue`.")
    nothing: dict[str, Any] = {"documents": [], "texts": [], "catalogue": ""}  # what came in is not for the next run
    return {**nothing, "left": named, "importing": catalogue, "audience": audience, "reports": Overwrite([])}


async def index(state: State, runtime: Runtime[AssistantContext]) -> dict[str, Any]:
    """Index the next document: loaded, cut, embedded and written as a stream."""
    by, settings = asker(runtime), (await parts()).settings
    document, *left = state["left"]
    uploads = Uploads(settings, by.user)
    fields = for_audience(allowed_audience(by, state.get("audience")))
    bounds = Bounds(settings.server_read_seconds, settings.server_read_bytes)
    owner = None if _is_editor(by) else uploads.folder.name
    source = Source(await _place(uploads, document), fields=fields, bounds=bounds, owner=owner)

    def told(progress: Progress) -> None:
        runtime.stream_writer(
            Indexing(
                event="indexing",
                document=document,
                done=progress.done / max(progress.total, 1.0),
                chunks=progress.chunks,
                seconds=round(progress.seconds, 3),
            )
        )

    async with open_library(settings) as library:
        into = await library.index(state.get("index", INDEX))
        report = (await ingest(into, [source], settings=settings, progress=told)).sources[0].as_dict()
    report = cast(dict[str, Any], _without_paths(_with_kinds(report), uploads))
    runtime.stream_writer(Indexed(event="indexed", document=document, report=report))
    return {"left": left, "reports": [report]}


def _with_kinds(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report whose failures also say what kind of trouble they are."""
    failures = [{**failure, "kind": kind_of(failure["reason"])} for failure in report["failures"]]
    return {**report, "failures": failures}


async def import_catalogue(state: State, runtime: Runtime[AssistantContext]) -> dict[str, Any]:
    """Import a shop's catalogue."""
    by, settings = asker(runtime), (await parts()).settings
    _check_editor(by, "import a catalogue")
    reference = state["importing"] or ""
    file = await Uploads(settings, by.user).path(reference)

    def told(share: float, rows: int) -> None:
        runtime.stream_writer(Indexing(event="indexing", document=reference, done=share))

    async with Stockroom(settings, LocalEmbedder()) as stock:
        counts = await stock.import_file(file, None, state.get("columns") or {}, None, told)
    report = {"catalogue": reference, **{name: counts[name] for name in _COUNTS}}  # type: ignore[literal-required]
    runtime.stream_writer(Indexed(event="indexed", document=reference, report=report))
    return {"importing": None, "reports": [report]}


_COUNTS = ("added", "changed", "unchanged", "removed")


async def what_next(state: State) -> Literal["index", "import_catalogue", "__end__"]:
    """Go on with the next document, then with the catalogue."""
    if state.get("left"):
        return "index"
    return "import_catalogue" if state.get("importing") else "__end__"


def build_indexing() -> CompiledStateGraph[State, AssistantContext, Wanted, Done]:
    """Assemble the graph."""
    graph = StateGraph(State, context_schema=AssistantContext, input_schema=Wanted, output_schema=Done)
    graph.add_node("receive", receive)
    graph.add_node("index", index)
    graph.add_node("import_catalogue", import_catalogue)
    graph.add_edge(START, "receive")
    graph.add_conditional_edges("receive", what_next, ["index", "import_catalogue", END])
    graph.add_conditional_edges("index", what_next, ["index", "import_catalogue", END])
    graph.add_edge("import_catalogue", END)
    return graph.compile(name="indexing")


graph = build_indexing()
"""What langgraph.json names."""


def allowed_audience(by: Asker, wanted: list[str] | None) -> list[str]:
    """Return whom documents may be for that somebody indexes: themselves, groups of theirs; editors decide freely.

    Raises:
        InputError: They are for others.
    """
    if _is_editor(by):
        return list(wanted or [])
    may = by.audience or []
    if others := [one for one in wanted or [] if one not in may]:
        raise InputError(f"You can't index for {others[0][:80]!r}.", f"You may for: {', '.join(may)}.")
    return list(wanted or [by.user])


def _is_editor(by: Asker) -> bool:
    return by.audience is None or EDITORS in by.audience


async def _check_index(by: Asker, name: str, settings: Settings) -> None:
    """Let everybody index into what there is; each index more is one that every question is looked up in.

    Raises:
        InputError: An index can't be called that, or an editor would have to begin it.
    """
    check_name(name)
    if name == INDEX or _is_editor(by):
        return
    async with open_library(settings) as library:
        if name not in await library.indexes():
            _check_editor(by, "begin another index")


def _check_editor(by: Asker, what: str) -> None:
    if not _is_editor(by):
        raise InputError(f"Only members of the group {EDITORS} may {what}.", "Ask whoever runs the server.")


async def _kept(uploads: Uploads, text: Text) -> str:
    kept = await uploads.keep(f"{text['title']}.md", io.BytesIO(text["text"].encode("utf-8", "replace")))
    return kept["reference"]


async def _place(uploads: Uploads, document: str) -> str:
    """Return where a document is read from.

    Raises:
        InputError: It is neither a web address nor a file that this user has sent.
    """
    return canonical(document) if is_url(document) else str(await uploads.path(document))


def _without_paths(value: Any, uploads: Uploads) -> Any:  # noqa: ANN401 - plain data of any depth
    """Return a report that names files as their owner does."""
    mine = owned(uploads.folder.name)
    return _mapped(value, lambda text: without_places(text.replace(f"{uploads.folder}/", SCHEME).replace(mine, "")))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - plain data of any depth
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(one, change) for name, one in value.items()}
    return [_mapped(one, change) for one in value] if isinstance(value, list) else value
