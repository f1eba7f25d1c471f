"""Documents of many fields, with the sentences that answer what people ask of them (`cases/reading/`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.library import IndexFolder

Language = Literal["ko", "en"]
Split = Literal["train", "tune", "test"]
Kind = Literal["plain", "several", "yesno", "absent", "other", "cross"]
_SHOWN = 0.6
"""How well each section counts as found where the document is shown."""
LANGUAGES: tuple[Language, ...] = ("ko", "en")


class _Labelled(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadSection(_Labelled):
    """A heading, empty where the document only begins, and what stands under it."""

    heading: str
    sentences: list[str]

    @property
    def text(self) -> str:
        """Return the sentences as a file would have them: prose goes on, what has no stop is an item of a list."""
        text = ""
        for before, sentence in zip(["", *self.sentences], self.sentences, strict=False):
            flows = bool(text) and _is_prose(before) and _is_prose(sentence)
            text += (" " if flows else "\n" * bool(text)) + ("" if _is_prose(sentence) else "- ") + sentence
        return text

    def without(self, places: Iterable[int]) -> ReadSection:
        """Return it without some of its sentences."""
        taken = {*places}
        left = [sentence for place, sentence in enumerate(self.sentences) if place not in taken]
        return self.model_copy(update={"sentences": left})


class ReadQuestion(_Labelled):
    """What somebody asks of a document."""

    q: str
    lang: Language
    answer: list[tuple[int, int]]
    """The fewest sentences that answer it, each by its section and its place there; empty where the document doesn't."""
    kind: Kind


class ReadDocument(_Labelled):
    """A document and its questions."""

    id: str
    split: Split
    lang: Language
    field: str
    title: str
    sections: list[ReadSection]
    questions: list[ReadQuestion]

    def answers(self, question: ReadQuestion) -> list[str]:
        """Return the sentences that answer a question, as the document has them."""
        return [self.sections[section].sentences[place] for section, place in question.answer]

    def without(self, question: ReadQuestion) -> ReadDocument:
        """Return it without the sentences that answer one of its questions, and with that question alone, which nothing answers now."""
        taken = {*question.answer}
        sections = [
            section.without(at for which, at in taken if which == place) for place, section in enumerate(self.sections)
        ]
        left = [section for section in sections if section.sentences]
        return self.model_copy(update={"sections": left, "questions": [question.model_copy(update={"answer": []})]})

    def evidence(self) -> list[Evidence]:
        """Return its sections as they are read where the document is shown and nothing was searched: all alike."""
        return [
            Evidence(
                id=f"{self.id}-{place}",
                route="documents",
                title=self.title,
                text=section.text,
                url=None,
                locator={"heading": section.heading} if section.heading else {},
                score=_SHOWN,
                found_by="fused",
                data={},
            )
            for place, section in enumerate(self.sections)
        ]

    def markdown(self) -> str:
        """Return the document as a file would have it."""
        parts = [f"# {self.title}"]
        for section in self.sections:
            parts += [f"## {section.heading}"] if section.heading else []
            parts.append(section.text)
        return "\n\n".join(parts) + "\n"


def reading_documents() -> list[ReadDocument]:
    """Return all documents, of every split."""
    folder = files("stylegraph.evals") / "cases" / "reading"
    return [
        ReadDocument.model_validate_json(line)
        for language in LANGUAGES
        for line in (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


async def index_reading(folder: Path, settings: Settings) -> None:
    """Write all documents into a folder and index them."""
    await asyncio.to_thread(_write, folder)
    index = await IndexFolder(settings.indexes, LocalEmbedder()).index("reading")
    await ingest(index, [str(folder)], settings=settings)
    await index.close()


def _write(folder: Path) -> None:
    folder.mkdir()
    for document in reading_documents():
        (folder / f"{document.id}.md").write_text(document.markdown(), encoding="utf-8")


def _is_prose(sentence: str) -> bool:
    return " | " not in sentence and sentence.rstrip("\"'”’)").endswith((".", "!", "?", ":"))
