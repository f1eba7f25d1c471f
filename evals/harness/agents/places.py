"""Where conversations are held: a home folder with the documents of a case indexed, made once and copied for each."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.agents.cases import AgentCase
from stylegraph.evals.harness.agents.own import own_sources
from stylegraph.evals.harness.agents.pages import SavedPages
from stylegraph.evals.harness.document_cases import SAMPLES, world_folder
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.opening import open_fashion
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.knowledge.samples import samples
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.web.source import WebSource

FILES = Path(tempfile.gettempdir()) / "stylegraph-evals-agents"
"""Where the documents lie while they are indexed: the same folder everywhere, for evidence is known by where it came from."""


class Homes:
    """Homes with indexed documents, one for each choice of documents, made when it is first wanted."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stylegraph-evals-homes-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self._embedder = LocalEmbedder()
        self._made: dict[tuple[str, ...], Path] = {}
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def lent(self, case: AgentCase) -> AsyncIterator[Path]:
        """Lend a home of its own to a conversation: nothing of it is left for the next."""
        async with self._one_at_a_time:
            whole = await self.of(tuple(case.documents))
        own = self.folder / f"{case.id}-{uuid.uuid4().hex}"
        await asyncio.to_thread(shutil.copytree, whole, own)
        try:
            yield own
        finally:
            await asyncio.to_thread(shutil.rmtree, own, ignore_errors=True)

    async def of(self, worlds: tuple[str, ...]) -> Path:
        """Return the home of some documents: a copy of the one that has none, with theirs indexed."""
        if worlds not in self._made:
            home = self.folder / "-".join(["with", *worlds])
            if worlds:
                await asyncio.to_thread(shutil.copytree, await self.of(()), home)
            settings = settings_for(None, web=None, home=home, samples=False)
            await self._index(worlds, settings)
            if not worlds:
                async with open_fashion(settings, self._embedder):  # indexes the catalogue, once for all
                    pass
            self._made[worlds] = home
        return self._made[worlds]

    async def _index(self, worlds: Sequence[str], settings: Settings) -> None:
        library = IndexFolder(settings.indexes, self._embedder)
        try:
            for world in worlds:
                for path, css_class in _documents(world):
                    await ingest(await library.index(world), [path], settings=settings, css_class=css_class)
        finally:
            await library.close()


def brought(case: AgentCase, settings: Settings) -> list[EvidenceSource]:
    """Return what is brought along: web search over saved pages, and the case's own sources."""
    return [WebSource(SavedPages(), settings), *(own_sources()[name] for name in case.own)]


def _documents(world: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Return copies of a world's documents with the classes that hold a page's article."""
    if world != SAMPLES:
        yield _copied(world_folder(world), world), ()
        return
    yield from ((_copied(sample.path, SAMPLES), sample.css_class) for sample in samples())


def _copied(path: Path, world: str) -> Path:
    copied = FILES / world / path.name if path.is_file() or world == SAMPLES else FILES / world
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        place = copied if path.is_file() else copied / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        _put(file, place)
    return copied


def _put(file: Path, place: Path) -> None:
    """Copy a file whole, so that a process beside this one never reads half of it."""
    if place.is_file() and place.read_bytes() == file.read_bytes():
        return
    part = place.with_name(f".{place.name}-{uuid.uuid4().hex}")
    shutil.copyfile(file, part)
    part.replace(place)


@contextmanager
def no_tracing() -> Iterator[None]:
    """Keep prompts out of whatever tracing the environment has set up."""
    from langsmith import tracing_context

    with tracing_context(enabled=False):
        yield
