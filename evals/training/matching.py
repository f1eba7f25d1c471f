"""Fits what lets an index answer a question alone: `python -m stylegraph.evals.training.matching [--write]`.

Questions are asked beside indexes that answer them (documents of `cases/reading`, `cases/newcomers` and `cases/worlds`) and
beside indexes that don't: news, small talk and people who want clothes (`cases/newcomers`), and a fifth of the routes' tune cases,
by a router that learned anew without them (minutes). The weights are fitted to the train split of reading and the tune splits
of the others; from where they count is chosen on the tune splits of reading and newcomers. No test split is read: documents of
the newcomers' are left out of reading's train split, where most of them stand too.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

import stylegraph.agent.local.router
from stylegraph.agent.local.router.classifier import fitted_head
from stylegraph.agent.local.router.kernel_ridge import Head
from stylegraph.agent.local.router.matching import NAME, Signs, Weights, shipped_weights
from stylegraph.agent.local.router.router import LocalRouter, Taught
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import RouteCase
from stylegraph.evals.harness.document_cases import SAMPLES, load_document_cases, world_folder
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

_DOCUMENTS = frozenset(["documents"])
_ALWAYS, _NEVER = Weights(0.0, 0.0, 0.0, 0.0, -math.inf), Weights(0.0, 0.0, 0.0, 0.0, math.inf)
"""With these an index answers whatever it may, and nothing."""
_RIDGE, _STEPS = 1.0, 30
_LEAST = np.arange(-3.0, 3.01, 0.25)
"""Log odds that are tried as those from which an index answers."""
_HEADER = "# Written by `python -m stylegraph.evals.training.matching --write`.\n"


class Question(NamedTuple):
    """What is asked, and where it should go."""

    kind: str
    state: AssistantState
    routes: frozenset[str]


class Row(NamedTuple):
    """A question that was routed beside an index."""

    kind: str
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


def reading_place(split: str, documents: Sequence[ReadDocument], others: Sequence[Question]) -> Place:
    """Return documents of `cases/reading` with what they answer, and what else is asked beside them."""
    kind = f"reading {split}"
    asked = [_typed(kind, one.q) for document in documents for one in document.questions if one.answer]
    return Place(kind, {document.id: document.markdown() for document in documents}, [*asked, *others])


def train_documents() -> list[ReadDocument]:
    """Return the train split of `cases/reading`, without what stands among the newcomers' articles too."""
    known = {article.id for article in articles()}
    return [one for one in reading_documents() if one.split == "train" and one.id not in known]


def newcomers_place(others: Sequence[Question]) -> Place:
    """Return the tune articles of `cases/newcomers` with what they answer, and what else is asked beside them."""
    pages = {article.id: page_of(article) for article in articles() if article.split == "tune"}
    return Place("newcomers", pages, [*newcomers(of_documents=True), *others])


def world_places() -> list[Place]:
    """Return each world with what it answers of its tune cases."""
    cases = [one for one in load_document_cases() if one.split == "tune" and one.answerable and one.world != SAMPLES]
    worlds = dict.fromkeys(one.world for one in cases)
    return [
        Place(world, world_folder(world), [_typed("worlds", one.question) for one in cases if one.world == world])
        for world in worlds
    ]


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
    others = [Question(f"left out, {_named(one)}", as_state(one), frozenset(one.routes)) for one in cases]
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
        back = fashion_pack().clarifications
        always, never = (
            LocalRouter(LocalEmbedder(), parts.sources, Taught(head, matching=weights), clarifications=back)
            for weights in (_ALWAYS, _NEVER)
        )
        return [await _row(question, always, never) for question in place.questions]


@asynccontextmanager
async def _opened(place: Place) -> AsyncIterator[Parts]:
    with tempfile.TemporaryDirectory() as folder:
        pages = place.pages if isinstance(place.pages, Path) else Path(folder)
        if not isinstance(place.pages, Path):
            write_pages(pages, place.pages)
        async with open_beside(pages) as parts:
            yield parts


async def _row(question: Question, always: LocalRouter, never: LocalRouter) -> Row:
    read = await always.read(question.state)
    alone, without = [
        frozenset((await router.route(question.state))["routing"]["routes"]) == question.routes
        for router in (always, never)
    ]
    return Row(question.kind, question.routes == _DOCUMENTS, read.match.signs, alone, without)


def fitted(rows: Sequence[Row]) -> Weights:
    """Fit a logistic regression of whether the index answers to the signs (Newton, ridge on unit variance)."""
    told = [(row.signs, float(row.own)) for row in rows if row.signs]
    signs, own = np.array([one for one, _ in told]), np.array([label for _, label in told])
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    design, beta = np.hstack([(signs - mean) / spread, np.ones((len(signs), 1))]), np.zeros(4)
    penalty = _RIDGE * np.diag([1.0, 1.0, 1.0, 1e-6])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ beta))
        curved = (design * (likely * (1 - likely))[:, None]).T @ design + penalty
        beta = beta + np.linalg.solve(curved, design.T @ (own - likely) - penalty @ beta)
    weights = beta[:-1] / spread
    score, leans, gap = map(float, weights)
    return Weights(score, leans, gap, constant=float(beta[-1] - weights @ mean), least=0.0)


def chosen(weights: Weights, rows: Sequence[Row]) -> Weights:
    """Return weights that count from where most goes right of what indexes answer and of what they don't, as shares."""

    def value(tried: Weights) -> tuple[float, float]:
        return sum(share(tried, [row for row in rows if row.own == own]) for own in (True, False)), -abs(tried.least)

    return max((weights._replace(least=float(least)) for least in _LEAST), key=value)


def share(weights: Weights, rows: Sequence[Row]) -> float:
    """Return the share of questions that go right."""
    return sum(row.right(weights) for row in rows) / max(1, len(rows))


def report(rows: Sequence[Row], weights: dict[str, Weights]) -> str:
    """Return by kind how many questions go right: where no index has a say, and by each of some weights."""
    columns = {"no say": _NEVER, **weights}
    lines = [f"{'':34}{'asked':>7}" + "".join(f"{name:>10}" for name in columns)]
    for kind in (*dict.fromkeys(row.kind for row in rows), "all"):
        some = [row for row in rows if kind in (row.kind, "all")]
        counts = "".join(f"{sum(row.right(one) for row in some):>10}" for one in columns.values())
        lines.append(f"{kind:34}{len(some):>7}{counts}")
    return "\n".join(lines)


def written(weights: Weights) -> str:
    """Return weights as the text of the file."""
    return _HEADER + "".join(f"{name}: {value:.4f}\n" for name, value in weights._asdict().items())


class Rows(NamedTuple):
    """What the weights are fitted to, and what their least odds are chosen on."""

    fitted_to: list[Row]
    chosen_on: list[Row]


async def collect() -> Rows:
    """Route all questions."""
    embedder, others = LocalEmbedder(), elsewhere()
    head = await fitted_head(embedder, frozenset(case.text for case in left_out()))
    tune = [one for one in reading_documents() if one.split == "tune"]
    asked = await rows_of(newcomers_place(others), head)
    learned = [row for world in world_places() for row in await rows_of(world, head)]
    learned += await rows_of(reading_place("train", train_documents(), others), head)
    return Rows([*asked, *learned], [*asked, *await rows_of(reading_place("tune", tune, others), head)])


def main() -> None:
    """Print what was fitted and what goes right by it, and write it where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write agent/local/router/matching.yaml")
    options, rows = parser.parse_args(), asyncio.run(collect())
    weights = chosen(fitted(rows.fitted_to), rows.chosen_on)
    columns = {"shipped": shipped_weights(), "fitted": weights}
    print(f"What the weights are fitted to\n{report(rows.fitted_to, columns)}\n")
    print(f"What their least odds are chosen on\n{report(rows.chosen_on, columns)}\n\n{written(weights)}")
    if options.write:
        path = Path(stylegraph.agent.local.router.__file__).with_name(NAME)
        path.write_text(written(weights), encoding="utf-8")


if __name__ == "__main__":
    main()
