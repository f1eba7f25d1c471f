"""A LangChain loader as a source: what it loads is indexed, and only what has changed is indexed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import Gathered, Note, SourceTask, ToolSpec
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import Language
from stylegraph.tools.adapted.documents import locator_of, place_of, title_of
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record, plain, with_language
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source
from stylegraph.tools.net.charsets import clean
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource

_INDEX = "loaded"
_INCOMPLETE: dict[Language, str] = {
    "ko": "{source}의 자료 일부를 읽지 못했어요: {why}",
    "en": "Some of {source} could not be read: {why}",
}


class LoaderReading:
    """A `Reading` of what a loader gives.

    Args:
        name: What the source is called.
        loader: Any loader; it is read as a stream, in a thread.
    """

    total = 0
    whole = True

    def __init__(self, name: str, loader: BaseLoader) -> None:
        self._name = name
        self._loader = loader
        self._numbers: Counter[str] = Counter()
        self.done = 0

    def __iter__(self) -> Iterator[Item]:
        try:
            for document in self._loader.lazy_load():
                yield self._record(document)
        except Exception as error:  # a stranger's loader may raise anything; what is indexed stays
            yield Failure(self._name, f"could not be loaded ({type(error).__name__}: {clean(str(error))})", hides=True)

    def _record(self, document: Document) -> Record:
        text, place = document.page_content, place_of(document.metadata) or self._name
        self._numbers[place] += 1
        self.done += len(text)
        locator = locator_of(document.metadata, len(text))
        return Record(
            id=document.id or f"{place}#{self._numbers[place]}",
            title=title_of(document),
            text=text,
            url=place,
            where=place,
            metadata=with_language(plain(document.metadata), text),
            marks=((0, {"page": locator["page"]}),) if "page" in locator else (),
        )


class LoadedSource(DocumentsSource):
    """Searches what a loader has loaded as the user's documents are searched."""

    def __init__(
        self, library: IndexFolder, name: str, description: str, examples: Sequence[str], failure: str = ""
    ) -> None:
        super().__init__(library)
        self.name, self.node = name, f"search_{name}"
        self.description, self.examples = description, examples
        self._failure = failure

    def tools(self) -> Sequence[ToolSpec]:
        """Return how a chat model may ask, under names of its own: other documents are searched and read beside these."""
        return [
            ToolSpec(**{**spec, "name": name, "description": f"{self.description} {spec['description']}"})
            for name, spec in self._specs.items()
        ]

    @property
    def _specs(self) -> Mapping[str, ToolSpec]:
        """The tools of documents by the name that they have here: `search_wiki` and `read_wiki`."""
        return {f"{spec['name'].partition('_')[0]}_{self.name}": spec for spec in super().tools()}

    async def gather(self, state: SourceTask) -> Gathered:
        """Find the passages that fit best, and say so if not everything could be loaded.

        Raises:
            SourceError: The index could not be searched, or nothing is found in it because loading failed.
        """
        named = self._specs.get(state.get("tool", ""))
        own = {"index": None, "tool": named["name"] if named else ""}  # the caller's index is one of the documents'
        found = await super().gather(SourceTask(**{**state, **own}))  # type: ignore[typeddict-item]
        if self._failure and not found.get("evidence"):
            raise SourceError(f"{self.name} {self._failure}.")
        if self._failure:
            told = _INCOMPLETE[state["language"]].format(source=self.name, why=self._failure)
            found["notes"] = [*found.get("notes", []), Note(code="source_incomplete", text=told)]
        return found


@asynccontextmanager
async def load(
    loader: BaseLoader, settings: Settings, name: str, description: str, examples: Sequence[str] = ()
) -> AsyncIterator[LoadedSource]:
    """Bring an index of its own up to date with a loader, and open it as a source."""
    async with open_embedder(settings) as embedder:
        folder = IndexFolder(settings.home / "loaded" / name, embedder)
        try:
            source = Source(name, reading=lambda: LoaderReading(name, loader))
            report = await ingest(await folder.index(_INDEX), [source], settings=settings)
            failures = [failure.reason for one in report.sources for failure in one.failures]
            yield LoadedSource(folder, name, description, examples, "; ".join(failures[:1]))
        finally:
            await folder.close()
