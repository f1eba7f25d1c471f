"""Answers from documents: `cases/documents.yaml` and `worlds.yaml`, through the whole graph over real indexes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from stylegraph.evals.harness.document_answers import documents_only, open_documents
from stylegraph.evals.harness.document_cases import DocumentCase, load_document_cases
from stylegraph.evals.harness.evaluators import AnswerLanguage, Citations, EndsAs, Facts, Retrieval
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task, Told
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.graphs.api import CompiledAssistant


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[DocumentCase, Watched]]:
    """Open each world's documents when its first case comes."""
    open_ones: dict[str, CompiledAssistant] = {}
    async with AsyncExitStack() as stack:

        async def answer(case: DocumentCase) -> Watched:
            if case.world not in open_ones:
                open_ones[case.world] = documents_only(*await stack.enter_async_context(open_documents(case.world)))
            return await watch(open_ones[case.world], case.question)

        yield answer


def _labels(case: DocumentCase) -> Labels:
    kind = "answerable" if case.answerable else "unanswerable"
    return Labels(split=case.split, language=case.language, kind=kind, asked=case.question)


SUITE = Suite(
    name="documents",
    about="answers from documents, and honest words where they hold none",
    cases=load_document_cases,
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(EndsAs(), Facts(), Citations(), AnswerLanguage(), Retrieval()),
    told=lambda watched: Told(text=watched.reply.text, path=watched.path),
)
