"""Documents of many fields with labelled questions (`cases/sections.yaml`), indexed together."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from stylegraph.agent.settings import load_settings
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import read_cases
from stylegraph.evals.harness.document_cases import DocumentCase
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource


class SectionedDocument(BaseModel):
    """One document, and what is asked of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    split: Literal["tune", "test"]
    title: str
    text: str
    asked: dict[str, list[str]]
    """Question -> what the sentences state that answer it."""
    absent: list[str]
    """Questions that no document answers."""

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.name}.md"

    def cases(self) -> list[DocumentCase]:
        """Return its questions as cases."""
        can = [self._case(question, facts) for question, facts in self.asked.items()]
        return [*can, *(self._case(question, []) for question in self.absent)]

    def _case(self, question: str, facts: list[str]) -> DocumentCase:
        return DocumentCase(
            id=f"{self.name}: {question}",
            world=self.name,
            question=question,
            language=detect_language(question),
            document=self.file if facts else None,
            facts=[[fact] for fact in facts],
            answerable=bool(facts),
            split=self.split,
        )


def load_sections() -> list[SectionedDocument]:
    """Read `cases/sections.yaml`, both splits."""
    return TypeAdapter(list[SectionedDocument]).validate_python(read_cases("sections"))


@asynccontextmanager
async def open_sections() -> AsyncIterator[tuple[DocumentsSource, LocalEmbedder]]:
    """Index all of them in a folder of its own and open them."""
    embedder = LocalEmbedder()
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), samples=False)
        texts = await asyncio.to_thread(_write, Path(home) / "texts")
        library = IndexFolder(settings.indexes, embedder)
        try:
            await ingest(await library.index("sections"), [texts], settings=settings)
            yield DocumentsSource(library), embedder
        finally:
            await library.close()


def _write(folder: Path) -> Path:
    folder.mkdir()
    for one in load_sections():
        (folder / one.file).write_text(f"# {one.title}\n\n{one.text}\n", encoding="utf-8")
    return folder
