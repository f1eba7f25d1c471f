"""What people ask who know nothing of the router, beside an index of many fields: `cases/newcomers`."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.protocols import Router
from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.evals.cases import RouteCase, Split, read_cases
from stylegraph.evals.training.router import as_state
from stylegraph.graphs.assistant import Parts
from stylegraph.graphs.build import open_parts
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.library import IndexFolder

_STRICT = ConfigDict(extra="forbid", frozen=True)


class Article(BaseModel):
    """A document of many fields, and what it answers."""

    model_config = _STRICT
    id: str
    language: Language
    split: Split
    title: str
    questions: list[str] = Field(min_length=1)
    text: str


class Asked(BaseModel):
    """Questions of one kind that no document answers."""

    model_config = _STRICT
    routes: list[str] = Field(min_length=1)
    tune: list[str]
    test: list[str]


class NewcomerCase(BaseModel):
    """A question, and where it should go."""

    model_config = _STRICT
    id: str
    kind: str
    """Of what it asks: `document`, or a name in `asked.yaml`."""
    text: str
    routes: list[str]
    language: Language
    split: Split


@cache
def articles() -> Sequence[Article]:
    """Read the documents."""
    return TypeAdapter(list[Article]).validate_python(read_cases("newcomers/documents"))


@cache
def newcomer_cases() -> Sequence[NewcomerCase]:
    """Read the questions, both splits."""
    asked = TypeAdapter(dict[str, Asked]).validate_python(read_cases("newcomers/asked"))
    of_documents = [case for article in articles() for case in _cases("document", article.split, article.questions)]
    others = [case for kind, one in asked.items() for case in (*_of(kind, one, "tune"), *_of(kind, one, "test"))]
    return [case.model_copy(update={"id": f"k-{at:03d}"}) for at, case in enumerate([*of_documents, *others], start=1)]


def _of(kind: str, asked: Asked, split: Split) -> list[NewcomerCase]:
    return _cases(kind, split, asked.tune if split == "tune" else asked.test, asked.routes)


def _cases(kind: str, split: Split, texts: Sequence[str], routes: Sequence[str] = ("documents",)) -> list[NewcomerCase]:
    return [
        NewcomerCase(id="", kind=kind, text=text, routes=[*routes], language=detect_language(text), split=split)
        for text in texts
    ]


def state_of(case: NewcomerCase) -> AssistantState:
    """Return the state that the router of a first turn with this question sees."""
    asked = {"text": case.text, "routes": ["documents"], "language": case.language, "split": case.split}
    return as_state(RouteCase.model_validate({**asked, "id": f"r-{case.language}-0000", "ask_back": False}))


@asynccontextmanager
async def open_router() -> AsyncIterator[Router]:
    """Open the router of an assistant without a model that has the articles indexed, and the sample catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        write_pages(Path(folder), {article.id: page_of(article) for article in articles()})
        async with open_beside(Path(folder)) as parts:
            yield parts.router


@asynccontextmanager
async def open_beside(pages: Path) -> AsyncIterator[Parts]:
    """Open the parts of an assistant without a model that has a folder indexed, and the samples."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), samples=True)
        index = await IndexFolder(settings.indexes, LocalEmbedder()).index("articles")
        await ingest(index, [str(pages)], settings=settings)
        await index.close()
        async with open_parts(settings) as parts:
            yield parts


def page_of(article: Article) -> str:
    """Return an article as a file would have it."""
    return f"# {article.title}\n\n{article.text}\n"


def write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Write pages into a folder, each as Markdown under its name."""
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
