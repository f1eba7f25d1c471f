"""Questions to documents, perturbed: the evidence is changed between the index and the reader, or the question is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from stylegraph.agent.evidence import Evidence, Gathered, SourceTask, evidence_id
from stylegraph.evals.harness.document_answers import documents_only, open_documents_as
from stylegraph.evals.harness.document_cases import DocumentCase, load_document_cases
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.evals.perturbing import Kind
from stylegraph.evals.perturbing.texts import another_order, distractor, has_number, other_numbers, without
from stylegraph.evals.suites.documents import SUITE
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.tools.retrieval.source import DocumentsSource


class PerturbedDocument(DocumentCase):
    """A question whose evidence, or whose words, were changed; the labels are those of the changed case."""

    perturbation: Kind
    removed: tuple[tuple[str, ...], ...] = ()
    """Facts that the evidence no longer holds."""

    def edited(self, text: str) -> str:
        """Return a piece of evidence as this case has it."""
        if self.perturbation == "number":
            return other_numbers(text)
        if self.perturbation == "order":
            return another_order(text)
        return without(text, self.removed) if self.perturbation == "missing" else text


def perturbed(case: DocumentCase, kind: Kind) -> PerturbedDocument | None:
    """Return a case as it is perturbed; None where this kind has nothing to change."""
    same = {**case.model_dump(), "perturbation": kind}
    if kind == "number":
        facts = [[other_numbers(form) for form in forms] for forms in case.facts]
        if facts == case.facts or not all(map(_counts, case.facts)):
            return None
        return PerturbedDocument(**{**same, "facts": facts, "question": other_numbers(case.question)})
    if kind == "order":
        return PerturbedDocument(**same) if case.answerable else None
    if kind == "distractor":
        return PerturbedDocument(**{**same, "question": f"{distractor(case.id, case.language)} {case.question}"})
    if not case.facts:
        return None
    gone = {"facts": [], "answerable": False, "document": None, "also": [], "removed": tuple(map(tuple, case.facts))}
    return PerturbedDocument(**{**same, **gone})


def _counts(forms: list[str]) -> bool:
    """Check whether a fact is told by figures in all of its forms or in none: one in words would stay as it is."""
    return len({has_number(form) for form in forms}) == 1


class Edited(DocumentsSource):
    """Documents whose passages are changed, on their way to whoever reads them, as the case at hand says."""

    case: PerturbedDocument

    async def gather(self, state: SourceTask) -> Gathered:
        """Find what the index has, and change it."""
        found = await super().gather(state)
        pieces = [_edited(piece, self.case) for piece in found["evidence"]]
        return {**found, "evidence": [piece for piece in pieces if piece["text"]]}


def _edited(piece: Evidence, case: PerturbedDocument) -> Evidence:
    text = case.edited(piece["text"])
    identity = evidence_id(piece["route"], piece["url"] or "", piece["title"], text)
    return {**piece, "id": identity, "text": text}


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[PerturbedDocument, Watched]]:
    open_ones: dict[str, tuple[Edited, CompiledAssistant]] = {}
    async with AsyncExitStack() as stack:

        async def answer(case: PerturbedDocument) -> Watched:
            if case.world not in open_ones:
                documents, embedder = await stack.enter_async_context(open_documents_as(Edited, case.world))
                open_ones[case.world] = documents, documents_only(documents, embedder)
            documents, assistant = open_ones[case.world]
            documents.case = case
            return await watch(assistant, case.question)

        yield answer


def _labels(case: PerturbedDocument) -> Labels:
    return Labels(split=case.split, language=case.language, kind=case.perturbation, asked=case.question)


def suite(kind: Kind) -> Suite[PerturbedDocument, Watched]:
    """Return the documents' suite, perturbed in one way."""
    return Suite(
        name=f"documents, {kind}",
        about=SUITE.about,
        cases=lambda: [found for case in load_document_cases() if (found := perturbed(case, kind)) is not None],
        id_of=lambda case: case.id,
        labels=_labels,
        opened=_opened,
        evaluators=SUITE.evaluators,
        told=SUITE.told,
    )
