"""Fits what lets an index answer a question alone: `python -m stylegraph.evals.training.matching [--write]`.

Questions are asked beside indexes that answer them (documents of `cases/reading`, `cases/newcomers` and `cases/worlds`) and
beside indexes that don't: news, small talk and people who want clothes (`cases/newcomers`), and a fifth of the routes' tune cases,
by a router that learned anew without them (a quarter of an hour in all). What counts is an index that nobody has seen: from which
log odds the weights count is chosen by those that were fitted to all other indexes, and the figures are of these too. The train
split of reading is six such indexes. No test split is read: documents of the newcomers' are left out of reading's train split,
where most of them stand too.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np

import stylegraph.agent.local.router
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.router.classifier import fitted_head
from stylegraph.agent.local.router.kernel_ridge import Head
from stylegraph.agent.local.router.router import LocalRouter, Taught
from stylegraph.agent.local.router.signs import NAME, Signs, Weights, shipped_weights
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import RouteCase
from stylegraph.evals.harness.document_cases import SAMPLES, DocumentCase, load_document_cases, world_folder
from stylegraph.evals.harness.newcomers import (
    NewcomerCase,
    articles,
    newcomer_cases,
    open_beside,
    page_of,
    state_of,
    write_pages,
)
from stylegraph.evals.harness.reading_cases import ReadDocument, reading_documents
from stylegraph.evals.training.confidence import left_out
from stylegraph.evals.training.router import as_state
from stylegraph.graphs.assistant import Parts
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.retrieval.source import DocumentsSource

_DOCUMENTS = frozenset(["documents"])
_NOTHING = dict.fromkeys(Weights._fields, 0.0)
_ALWAYS, _NEVER = (Weights(**{**_NOTHING, "least": least}) for least in (-math.inf, math.inf))
"""With these an index answers whatever it may, and nothing."""
_RIDGE, _STEPS, _LEAST_SPREAD = 1.0, 30, 1e-9
_LEAST = np.arange(-3.0, 3.01, 0.25)
"""Log odds that are tried as those from which an index answers."""
_DEARER = 3.0
"""What the share counts of what goes elsewhere beside that of what an index answers: without the index it went right."""
_PARTS = 6
"""Indexes that the train split of reading makes."""
_SHARE = 3
"""One of so many of the cases that were left out is asked beside each index."""
_LEFT_OUT = "left out"
_HEADER = "# Written by `python -m stylegraph.evals.training.matching --write`.\n"


class Question(NamedTuple):
    """What is asked, and where it should go."""

    kind: str
    state: AssistantState
    routes: frozenset[str]


class Row(NamedTuple):
    """A question that was routed beside an index."""

    kind: str
    place: str
    """The index's name."""
    own: bool
    """Whether the index answers it."""
    signs: Signs | None
    """None where the weights decide nothing."""
    alone: bool
    """Whether it goes right where the index answers alone."""
    without: bool
    """Whether it goes right where the index doesn't."""

    def right(self, weights: Weights) -> bool:
        """Check whether it goes right by some weights."""
        answered = self.signs is not None and weights.odds(self.signs) >= weights.least
        return self.alone if answered else self.without


class Place(NamedTuple):
    """An index, and what is asked beside it."""

    name: str
    pages: dict[str, str] | Path
    """Name -> text, or the folder of a world."""
    questions: list[Question]


def reading_place(name: str, documents: Sequence[ReadDocument], others: Sequence[Question]) -> Place:
    """Return documents of `cases/reading` with what they answer, and what else is asked beside them."""
    kind = f"reading {documents[0].split}"
    asked = [_typed(kind, one.q) for document in documents for one in document.questions if one.answer]
    pages = {document.id: document.markdown() for document in documents}
    return Place(name, pages, [*asked, *_beside(name, others)])


def _beside(name: str, others: Sequence[Question]) -> list[Question]:
    """Return what is asked beside an index: of what was left out a part, another one beside each."""
    return [one for one in others if not one.kind.startswith(_LEFT_OUT) or _drawn(f"{name} {_text(one)}", _SHARE) == 0]


def _drawn(text: str, most: int) -> int:
    return blake2b(text.encode(), digest_size=2).digest()[0] % most


def _text(question: Question) -> str:
    return question.state["turn"]["asked"]


def train_places(others: Sequence[Question]) -> list[Place]:
    """Return the train split of `cases/reading` as several indexes."""
    documents = train_documents()
    parts = [[one for one in documents if _drawn(one.id, _PARTS) == part] for part in range(_PARTS)]
    return [reading_place(f"train {number}", part, others) for number, part in enumerate(parts, start=1)]


def train_documents() -> list[ReadDocument]:
    """Return the train split of `cases/reading`, without what stands among the newcomers' articles too."""
    known = {article.id for article in articles()}
    return [one for one in reading_documents() if one.split == "train" and one.id not in known]


def newcomers_place(others: Sequence[Question]) -> Place:
    """Return the tune articles of `cases/newcomers` with what they answer, and what else is asked beside them."""
    pages = {article.id: page_of(article) for article in articles() if article.split == "tune"}
    return Place("newcomers", pages, [*newcomers(of_documents=True), *_beside("newcomers", others)])


def world_places(others: Sequence[Question]) -> list[Place]:
    """Return each world with what it answers of its tune cases, and what else is asked beside it."""
    cases = [one for one in load_document_cases() if one.split == "tune" and one.answerable and one.world != SAMPLES]
    worlds = dict.fromkeys(one.world for one in cases)
    return [Place(world, world_folder(world), [*_of_world(world, cases), *_beside(world, others)]) for world in worlds]


def _of_world(world: str, cases: Sequence[DocumentCase]) -> list[Question]:
    return [_typed("worlds", one.question) for one in cases if one.world == world]


def newcomers(*, of_documents: bool) -> list[Question]:
    """Return the newcomers' tune questions that their articles answer, or the others."""
    return [
        Question(f"newcomers, {case.kind}", state_of(case), frozenset(case.routes))
        for case in newcomer_cases()
        if case.split == "tune" and (case.kind == "document") == of_documents
    ]


def elsewhere() -> list[Question]:
    """Return what no index answers: the newcomers' other questions, and first questions among the cases left out."""
    cases = [one for one in left_out() if not (one.history or one.image) and set(one.routes) != _DOCUMENTS]
    others = [Question(f"{_LEFT_OUT}, {_named(one)}", as_state(one), frozenset(one.routes)) for one in cases]
    return [*newcomers(of_documents=False), *others]


def _named(case: RouteCase) -> str:
    return "put back" if case.ask_back else "+".join(sorted(case.routes))


def _typed(kind: str, text: str) -> Question:
    language = detect_language(text)
    case = NewcomerCase(id="", kind=kind, text=text, routes=[*_DOCUMENTS], language=language, split="tune")
    return Question(kind, state_of(case), _DOCUMENTS)


async def rows_of(place: Place, head: Head | None = None) -> list[Row]:
    """Route what is asked beside an index, once where it always answers and once where it never does.

    Args:
        place: The index, and the questions.
        head: What the router has learned; what is shipped, if None.
    """
    async with _opened(place) as parts:
        always, never = (_router(parts, Taught(head, matching=weights)) for weights in (_ALWAYS, _NEVER))
        return [await _row(place.name, question, always, never) for question in place.questions]


def _router(parts: Parts, taught: Taught) -> LocalRouter:
    embedder = LocalEmbedder()
    documents = next(source for source in parts.sources if isinstance(source, DocumentsSource))
    reader = Reader(embedder, documents.term_weights)
    back = fashion_pack().clarifications
    return LocalRouter(embedder, parts.sources, taught, clarifications=back, reader=reader)


@asynccontextmanager
async def _opened(place: Place) -> AsyncIterator[Parts]:
    with tempfile.TemporaryDirectory() as folder:
        pages = place.pages if isinstance(place.pages, Path) else Path(folder)
        if not isinstance(place.pages, Path):
            write_pages(pages, place.pages)
        async with open_beside(pages) as parts:
            yield parts


async def _row(place: str, question: Question, always: LocalRouter, never: LocalRouter) -> Row:
    read = await always.read(question.state)
    alone, without = [
        frozenset((await router.route(question.state))["routing"]["routes"]) == question.routes
        for router in (always, never)
    ]
    return Row(question.kind, place, question.routes == _DOCUMENTS, read.match.signs, alone, without)


def fitted(rows: Sequence[Row]) -> Weights:
    """Fit a logistic regression of whether the index answers to the signs (Newton, ridge on unit variance)."""
    told = [(row.signs, float(row.own)) for row in rows if row.signs]
    signs, own = np.array([one for one, _ in told]), np.array([label for _, label in told])
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + _LEAST_SPREAD
    design, beta = np.hstack([(signs - mean) / spread, np.ones((len(signs), 1))]), np.zeros(signs.shape[1] + 1)
    penalty = _RIDGE * np.diag([*np.ones(signs.shape[1]), 1e-6])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ beta))
        curved = (design * (likely * (1 - likely))[:, None]).T @ design + penalty
        beta = beta + np.linalg.solve(curved, design.T @ (own - likely) - penalty @ beta)
    weights = beta[:-1] / spread
    named = dict(zip(Signs._fields, map(float, weights), strict=True))
    return Weights(**named, constant=float(beta[-1] - weights @ mean), least=0.0)


By = Callable[[Row], Weights]
"""By which weights a row is decided."""


def fitted_apart(rows: Sequence[Row]) -> Mapping[str, Weights]:
    """Return for each index the weights that are fitted to all others."""
    places = dict.fromkeys(row.place for row in rows)
    return {place: fitted([row for row in rows if row.place != place]) for place in places}


def least_of(apart: Mapping[str, Weights], rows: Sequence[Row]) -> float:
    """Return the log odds from which most goes right, beside indexes that the weights were not fitted to."""

    def value(least: float) -> tuple[float, float]:
        own, others = (
            share(lambda row: apart[row.place]._replace(least=least), [row for row in rows if row.own == own])
            for own in (True, False)
        )
        return own + _DEARER * others, -abs(least)

    return max(map(float, _LEAST), key=value)


def share(by: By, rows: Sequence[Row]) -> float:
    """Return the share of questions that go right."""
    return sum(row.right(by(row)) for row in rows) / max(1, len(rows))


def report(rows: Sequence[Row], by: Mapping[str, By]) -> str:
    """Return by kind how many questions go right: where no index has a say, and by each of some weights."""
    columns: dict[str, By] = {"no say": lambda row: _NEVER, **by}
    lines = [f"{'':34}{'asked':>7}" + "".join(f"{name:>10}" for name in columns)]
    for kind in (*dict.fromkeys(row.kind for row in rows), "all"):
        some = [row for row in rows if kind in (row.kind, "all")]
        counts = "".join(f"{sum(row.right(one(row)) for row in some):>10}" for one in columns.values())
        lines.append(f"{kind:34}{len(some):>7}{counts}")
    return "\n".join(lines)


def written(weights: Weights) -> str:
    """Return weights as the text of the file."""
    return _HEADER + "".join(f"{name}: {value:.4f}\n" for name, value in weights._asdict().items())


async def collect() -> list[Row]:
    """Route all questions, each beside its index."""
    embedder, others = LocalEmbedder(), elsewhere()
    head = await fitted_head(embedder, frozenset(case.text for case in left_out()))
    tune = [one for one in reading_documents() if one.split == "tune"]
    places = [newcomers_place(others), reading_place("tune", tune, others), *train_places(others)]
    return [row for place in [*places, *world_places(others)] for row in await rows_of(place, head)]


def main() -> None:
    """Print what was fitted and what goes right by it, and write it where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write agent/local/router/matching.yaml")
    options, rows = parser.parse_args(), asyncio.run(collect())
    apart = fitted_apart(rows)
    weights = fitted(rows)._replace(least=least_of(apart, rows))
    columns: dict[str, By] = {
        "shipped": lambda row: shipped_weights(),
        "left out": lambda row: apart[row.place]._replace(least=weights.least),
    }
    print(f"{report(rows, columns)}\n\n{written(weights)}")
    if options.write:
        path = Path(stylegraph.agent.local.router.__file__).with_name(NAME)
        path.write_text(written(weights), encoding="utf-8")


if __name__ == "__main__":
    main()
