"""How well the local decisions answer from documents: `python -m stylegraph.evals.harness.document_answers [--split tune|test] [--misses]`.

Every case of `cases/documents.yaml` goes through the real graph over the real index of the sample knowledge, every case
of `cases/worlds.yaml` over an index of its own world, with a router that sends all of them to the documents. Retrieval is told
beside it: how often a document that holds the answer is among what was found for the question as it was put.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from stylegraph.agent.evidence import Evidence, SourceTask
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import load_settings
from stylegraph.evals.harness.document_cases import SAMPLES, DocumentCase, holds, load_document_cases, world_folder
from stylegraph.evals.harness.fake_sources import Routed
from stylegraph.graphs.api import CompiledAssistant, ask
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.deciding import local_decisions
from stylegraph.graphs.samples import add_samples
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource

_DEEPEST = 24
_DEPTHS = (1, 3, 6, _DEEPEST)


class Answer(NamedTuple):
    """One case, answered."""

    case: DocumentCase
    status: Status
    text: str
    recall: float
    """Share of the facts that the text holds."""
    rank: int
    """Of the first passage that was found in a document that holds the answer; beyond `_DEEPEST` if none was."""


Source = TypeVar("Source", bound=DocumentsSource)


@asynccontextmanager
async def open_documents_as(made: type[Source], world: str = SAMPLES) -> AsyncIterator[tuple[Source, LocalEmbedder]]:
    """Index the documents of a world in a folder of its own and open them.

    Args:
        made: What looks in them.
        world: Which documents.
    """
    embedder = LocalEmbedder()
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), samples=world == SAMPLES)
        await add_samples(settings, embedder)
        library = IndexFolder(settings.indexes, embedder)
        try:
            if world != SAMPLES:
                await ingest(await library.index(world), [world_folder(world)], settings=settings)
            yield made(library), embedder
        finally:
            await library.close()


def open_documents(world: str = SAMPLES) -> AbstractAsyncContextManager[tuple[DocumentsSource, LocalEmbedder]]:
    """Index the documents of a world in a folder of its own and open them."""
    return open_documents_as(DocumentsSource, world)


def documents_task(case: DocumentCase, k: int, queries: list[str]) -> SourceTask:
    """Return what the documents are sent for a question."""
    return SourceTask(
        question=case.question,
        queries=queries,
        filters={},
        language=case.language,
        k=k,
        attempt=0,
        user="local",
        index=None,
        shown=[],
        profile={},
        seconds=60.0,
        web_searches=0,
    )


def by_world(cases: Sequence[DocumentCase]) -> dict[str, list[DocumentCase]]:
    """Assemble the cases of one world."""
    worlds: dict[str, list[DocumentCase]] = {}
    for case in cases:
        worlds.setdefault(case.world, []).append(case)
    return worlds


def holds_answer(case: DocumentCase, piece: Evidence) -> bool:
    """Check whether a passage is of a document that is labelled to hold the answer."""
    told = (str(piece["data"]["document"]), piece["url"] or "")  # a row of a table is a document of its own
    return any(place.endswith(name) for place in told for name in (case.document or "-", *case.also))


def documents_only(documents: DocumentsSource, embedder: LocalEmbedder) -> CompiledAssistant:
    """Build the graph with the local decisions and documents as its only source."""
    settings = load_settings()
    router = Routed([documents.name])
    decisions = local_decisions(embedder, documents.term_weights, (documents,), settings, router, fashion_pack())
    viewer = PictureViewer(settings, Garments())
    parts = Parts(settings=settings, sources=(documents,), viewer=viewer, **decisions._asdict())
    return build_assistant(parts).compile()


async def answer_all(cases: Sequence[DocumentCase]) -> list[Answer]:
    """Answer the cases one after another."""
    answers = []
    for world, asked in by_world(cases).items():
        async with open_documents(world) as (documents, embedder):
            assistant = documents_only(documents, embedder)
            for case in asked:
                reply = await ask(assistant, case.question)
                recall = sum(holds(reply.text, fact) for fact in case.facts) / len(case.facts) if case.facts else 0.0
                found = (await documents.gather(documents_task(case, _DEEPEST, [case.question])))["evidence"]
                rank = next((place for place, piece in enumerate(found, 1) if holds_answer(case, piece)), _DEEPEST + 1)
                answers.append(Answer(case, reply.status, reply.text, recall, rank))
    return answers


def report(answers: Sequence[Answer]) -> str:
    """Return the figures of one split as text."""
    lines = []
    for name, chosen in {
        "all": answers,
        "ko": [answer for answer in answers if answer.case.language == "ko"],
        "en": [answer for answer in answers if answer.case.language == "en"],
    }.items():
        can = [answer for answer in chosen if answer.case.answerable]
        cannot = [answer for answer in chosen if not answer.case.answerable]
        answered = [answer.status is Status.ANSWERED for answer in can]
        not_found = [answer.status is Status.NOT_FOUND for answer in cannot]
        right = [answer.recall == 1 for answer in can if answer.status is Status.ANSWERED]
        lines.append(
            f"{name:4}{len(can):4} answerable: answered {_share(answered)}, facts {_mean([a.recall for a in can]):.3f}, "
            f"answered with every fact {_share(right)} | {len(cannot):3} not: not found {_share(not_found)} "
            f"| right status {_share([*answered, *not_found])}"
        )
        if can:
            recalls = ", ".join(f"@{depth} {_mean([a.rank <= depth for a in can]):.3f}" for depth in _DEPTHS)
            lines.append(f"{'':4}a right document among the passages found: {recalls}")
    return "\n".join(lines)


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags)}/{len(flags)} ({_mean(flags):.3f})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _misses(answers: Sequence[Answer]) -> str:
    wrong = [
        answer
        for answer in answers
        if (answer.status is not Status.ANSWERED or answer.recall < 1)
        if answer.case.answerable or answer.status is not Status.NOT_FOUND
    ]
    return "\n".join(
        f"- {one.case.question} [{one.status}, {one.recall:.2f} of {one.case.facts}]\n  {one.text!r}" for one in wrong
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--misses", action="store_true", help="print what went wrong, case by case")
    options = parser.parse_args()
    cases = [case for case in load_document_cases() if case.split == options.split]
    answers = asyncio.run(answer_all(cases))
    for name, of_samples in (("the sample knowledge", True), ("other worlds", False)):
        if chosen := [answer for answer in answers if (answer.case.world == SAMPLES) == of_samples]:
            print(f"{name}, {options.split} split")
            print(report(chosen))
    if options.misses:
        print(_misses(answers))


if __name__ == "__main__":
    main()
