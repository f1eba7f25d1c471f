"""What wishes ask for: `cases/wishes.yaml`, read without a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.evals.bench.fashion import Labels as WishLabels
from stylegraph.evals.bench.fashion import labels_of, labels_read
from stylegraph.evals.cases import WishCase, load_cases
from stylegraph.evals.harness.evaluators import WishRead
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task, Told
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of

Pair = tuple[WishLabels, WishLabels]
"""What is labelled, and what was read."""


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[WishCase, Pair]]:
    reader = WishReader(vocabulary_of(sample_items()))

    async def read(case: WishCase) -> Pair:
        return labels_of(case), labels_read(reader.read(case.text))

    yield read


def _told(pair: Pair) -> Told:
    wanted, read = pair
    missing, more = (", ".join(":".join(label) for label in sorted(some)) for some in (wanted - read, read - wanted))
    return Told(
        text="; ".join(part for part in (missing and f"missing {missing}", more and f"too much {more}") if part)
    )


def _labels(case: WishCase) -> Labels:
    return Labels(split=case.split, language=case.language, kind="wish", asked=case.text)


SUITE = Suite(
    name="wishes",
    about="colours, seasons, prices and exclusions that a wish names",
    cases=lambda: load_cases("wishes"),
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(WishRead(),),
    told=_told,
)
