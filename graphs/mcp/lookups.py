"""Sources asked for another assistant, with the eyes of the person that it works for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast
from urllib.parse import quote, unquote
from uuid import UUID

from stylegraph.agent.evidence import Evidence, EvidenceSource, Gathered, SourceTask, ToolSource, ToolSpec
from stylegraph.agent.gathering import gather
from stylegraph.agent.llm.toolbox import queries_of
from stylegraph.agent.profile import Profile
from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import detect_language
from stylegraph.graphs.assistant import Parts
from stylegraph.graphs.mcp.shapes import Document, Found, Piece
from stylegraph.graphs.nodes.identity import Asker, authorised, most_for, placeless, shown_to
from stylegraph.tools.retrieval.source import DocumentsSource, ReadOptions

_SCHEME = "stylegraph://documents/"
_LISTED = 200
_READ_TOKENS = 8_000


class Caller(Protocol):
    """Whoever's assistant calls: what it may use, and as whom."""

    async def parts(self) -> Parts:
        """Return what there is to be asked."""

    def asker(self) -> Asker:
        """Return the person."""

    async def profile(self) -> Profile:
        """Return what is known of the person."""

    async def reply(self, question: str, conversation: UUID | None, pictures: list[str]) -> Reply:
        """Return the assistant's reply to a question.

        Raises:
            ToolError: It was refused or has failed; says why and what to do.
        """

    async def forget(self, conversation: UUID) -> None:
        """Forget a conversation that was only there for one question."""

    async def waits(self, conversation: UUID) -> None:
        """Hear that such a conversation waits for an answer, which may never come: only so many of them are kept."""


async def offered(parts: Parts) -> Mapping[str, tuple[EvidenceSource, ToolSpec]]:
    """Return the tools that the domain's pack offers to other assistants, by name, with the sources that answer them."""
    tools = ((source, spec) for source in parts.sources if isinstance(source, ToolSource) for spec in source.tools())
    return {
        spec["name"]: (cast(EvidenceSource, source), spec)
        for source, spec in tools
        if spec["name"] in parts.pack.offers
    }


async def searched(caller: Caller, query: str, most: int) -> Found:
    """Search the documents that the person may see."""
    parts = await caller.parts()
    source = documents_of(parts)
    gathered = await _asked(caller, source, {"query": query}, most=most)
    return _found(gathered, with_data=False)


async def looked_up(caller: Caller, tool: str, arguments: Mapping[str, Any]) -> Found:
    """Ask a source by one of its own tools."""
    parts = await caller.parts()
    source, _ = (await offered(parts))[tool]
    return _found(await _asked(caller, source, arguments, tool), with_data=True)


async def read(
    caller: Caller, title: str, *, section: str | None = None, start: int | None = None, index: str | None = None
) -> Document:
    """Read a document that the person may see.

    Raises:
        SourceError: There is none of that title, or no such section.
    """
    by, source = caller.asker(), documents_of(await caller.parts())
    options: ReadOptions = {"index": index, "section": section, "start": start, "max_tokens": _READ_TOKENS}
    if section is None and start is None:
        options["start"] = 0  # a long one from its beginning, not by the beginnings of its sections
    reading = await source.read_document(title, shown_to(by), **options)
    evidence = placeless(Gathered(evidence=reading["evidence"]))["evidence"] if by.served else reading["evidence"]
    outline = reading["outline"]
    return Document(
        title=outline["title"],
        url=evidence[0]["url"],
        text=_text(evidence),
        sections=[f"{one['number']}. {one['heading']}" for one in outline["sections"] if one["heading"]],
        whole=reading["whole"],
        next=reading["next"],
    )


async def listed(caller: Caller) -> Mapping[str, str]:
    """Return address -> title of documents that the person may see; of very many, some from all over the indexes."""
    by, source = caller.asker(), documents_of(await caller.parts())
    titles = await source.titles(shown_to(by), _LISTED)
    return {f"{_SCHEME}{quote(index, safe='')}/{quote(title, safe='')}": title for index, title in titles}


async def read_at(caller: Caller, address: str) -> Document | None:
    """Return the document at an address of ours; None where it is none.

    Raises:
        SourceError: There is no such document that the person may see.
    """
    index, slash, title = address.removeprefix(_SCHEME).partition("/")
    if not address.startswith(_SCHEME) or not slash:
        return None
    return await read(caller, unquote(title), index=unquote(index))


def documents_of(parts: Parts) -> DocumentsSource:
    """Return the documents.

    Raises:
        LookupError: The assistant was opened without.
    """
    found = next((source for source in parts.sources if isinstance(source, DocumentsSource)), None)
    if found is None:
        raise LookupError("This assistant has no documents.")
    return found


async def _asked(
    caller: Caller, source: EvidenceSource, arguments: Mapping[str, Any], tool: str = "", most: int | None = None
) -> Gathered:
    parts, by = await caller.parts(), caller.asker()
    settings = parts.settings
    queries = queries_of(arguments)
    task = SourceTask(
        tool=tool,
        arguments=dict(arguments),
        question=queries[0],
        asked=queries[0],
        queries=queries,
        filters={},
        language=detect_language(queries[0]),
        k=most or settings.evidence_k,
        attempt=0,
        web_searches=0,
        seconds=float(settings.budget["seconds"]),
        user=by.user,
        index=None,
        shown=[],
        profile=cast(dict[str, Any], await caller.profile()),
    )
    task = authorised(task, by, most_for(settings), source.name)
    gathered = await gather(source, task, settings.source_timeout, private=by.served)
    return placeless(gathered) if by.served else gathered


def _found(gathered: Gathered, *, with_data: bool) -> Found:
    notes = [note["text"] for note in gathered.get("notes", [])]
    pieces = [_piece(one, with_data=with_data) for one in gathered.get("evidence", [])]
    return Found(pieces=pieces, notes=[*notes, *gathered.get("remarks", [])])


def _piece(found: Evidence, *, with_data: bool) -> Piece:
    locator = found["locator"]
    where = locator.get("heading") or (f"p. {locator['page']}" if "page" in locator else None)
    return Piece(
        id=found["id"],
        title=found["title"],
        text=found["text"],
        url=found["url"],
        where=where,
        score=found["score"],
        data=found["data"] if with_data else {},
    )


def _text(passages: list[Evidence]) -> str:
    """Return passages as one text: neighbours may share a sentence, which is told once."""
    text, done = "", 0
    for one in passages:
        start = one["locator"].get("start", done)
        told = one["text"][max(done - start, 0) :]
        text += ("\n\n" if text and start > done else "") + told
        done = max(done, start + len(one["text"]))
    return text
