"""The local decision model on a few examples a label, beside what one would write without it.

Each row is the mean of several draws of 5 and of 10 examples a label. `local` is `LocalDecisions`; `centroid` takes the label
whose mean vector is nearest, by the same embedding; `tf-idf` does so by word and syllable n-grams. `described` is
`LocalDecisions` with one English description a label and no examples. `routes` asks the test split of
`evals/cases/routes.yaml` (one place to go, no conversation), `talk` half of the small talk in
`agent/local/router/examples.yaml`; examples come from the other half. Public sets are asked instead where their files are given:

    python -m stylegraph.evals.bench.decisions --set clinc150=data_full.json --set banking77=train.csv,test.csv
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import NamedTuple

import numpy as np
from langchain_core.decisions import Choice

from stylegraph.agent.local.router.kernel_ridge import grams_of
from stylegraph.evals.bench.intents import DESCRIPTIONS, Drawn, IntentSet, drawn, intent_sets
from stylegraph.evals.bench.public_intents import public_set
from stylegraph.evals.bench.reliability import reliability
from stylegraph.tools.decisions.local import LocalDecisions
from stylegraph.tools.embeddings import LocalEmbedder

_COUNTS = (5, 10)
_DRAWS = 5
_ASKED = "What is this about?"


class Told(NamedTuple):
    """What one way said of what was asked."""

    labels: list[str]
    sure: list[float]
    """The probability of each label; empty where it gives none."""
    seconds: float = 0.0
    """For one question."""


async def by_local(model: LocalDecisions, criteria: Mapping[str, object], texts: Sequence[str]) -> Told:
    """Ask the local decision model; the labels are learned before the clock runs."""
    questions = {"label": Choice(instructions=_ASKED, criteria=dict(criteria))}  # type: ignore[arg-type]
    await model.ainvoke({"state": texts[0], "questions": questions})
    started = time.perf_counter()
    answers = [(await model.ainvoke({"state": text, "questions": questions})).choices["label"] for text in texts]
    seconds = (time.perf_counter() - started) / len(texts)
    return Told([one.choice for one in answers], [one.probabilities[one.choice] for one in answers], seconds)


def by_centroid(examples: Mapping[str, Sequence[str]], texts: Sequence[str]) -> Told:
    """Take the label whose mean vector is nearest."""
    embedder, labels = LocalEmbedder(), list(examples)
    means = np.stack([embedder.encode(examples[label]).mean(axis=0) for label in labels])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return Told([labels[place] for place in (embedder.encode(texts) @ means.T).argmax(axis=1)], [])


def by_words(examples: Mapping[str, Sequence[str]], texts: Sequence[str]) -> Told:
    """Take the label whose mean TF-IDF vector is nearest."""
    grams = {label: [grams_of(text) for text in own] for label, own in examples.items()}
    every = [one for own in grams.values() for one in own]
    counts = Counter(gram for one in every for gram in one)
    rarity = {gram: math.log((1 + len(every)) / (1 + count)) + 1 for gram, count in counts.items()}
    means = {label: _mean([_weighed(one, rarity) for one in own]) for label, own in grams.items()}
    asked = [_weighed(grams_of(text), rarity) for text in texts]
    return Told([max(means, key=lambda label: _product(one, means[label])) for one in asked], [])


def _weighed(grams: Counter[str], rarity: Mapping[str, float]) -> dict[str, float]:
    known = {gram: (1 + math.log(count)) * rarity[gram] for gram, count in grams.items() if gram in rarity}
    return _at_unit_length(known)


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return _at_unit_length(total)


def _at_unit_length(row: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in row.values())) or 1.0
    return {gram: weight / length for gram, weight in row.items()}


def _product(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(gram, 0.0) for gram, weight in one.items())


def _row(name: str, draws: Sequence[tuple[Drawn, Told]]) -> str:
    right = [one.label == said for draw, told in draws for one, said in zip(draw.asked, told.labels, strict=True)]
    sure = [one for _, told in draws for one in told.sure]
    shares = [np.mean([a.label == b for a, b in zip(d.asked, t.labels, strict=True)]) for d, t in draws]
    line = f"  {name:10} {np.mean(shares):.3f} (±{np.std(shares):.3f})"
    if not sure:
        return line
    found = reliability(sure, right)
    return f"{line}  Brier {found.brier:.3f}, calibration error {found.error:.3f}, {1000 * mean(told.seconds for _, told in draws):.1f} ms"


async def _report(found: IntentSet, count: int, model: LocalDecisions) -> str:
    draws = [drawn(found, count, seed) for seed in range(_DRAWS)]
    texts = [[one.text for one in draw.asked] for draw in draws]
    local = [await by_local(model, draw.examples, own) for draw, own in zip(draws, texts, strict=True)]
    centroid = [by_centroid(draw.examples, own) for draw, own in zip(draws, texts, strict=True)]
    words = [by_words(draw.examples, own) for draw, own in zip(draws, texts, strict=True)]
    named = (("local", local), ("centroid", centroid), ("tf-idf", words))
    head = f"{found.name} ({found.language}), {len(found.labels)} labels, {count} examples each, {len(texts[0])} asked:"
    return "\n".join([head, *(_row(name, list(zip(draws, told, strict=True))) for name, told in named)])


async def _described(found: IntentSet, model: LocalDecisions) -> str:
    draw = drawn(found, 0, 0)
    criteria = {label: DESCRIPTIONS[label] for label in found.labels}
    told = await by_local(model, criteria, [one.text for one in draw.asked])
    return f"{found.name} ({found.language}), one description each:\n{_row('described', [(draw, told)])}"


async def run_public(sets: Sequence[IntentSet]) -> None:
    """Print the table of public sets."""
    model = LocalDecisions()
    for found in sets:
        for count in _COUNTS:
            print(await _report(found, count, model), flush=True)


async def run() -> None:
    """Print the table of the repository's own sets."""
    model = LocalDecisions()
    for found in intent_sets("test"):
        for count in _COUNTS:
            print(await _report(found, count, model))
        print(await _described(found, model))


def main() -> None:
    """Run the section, or ask the public sets that are given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=FILE[,FILE]", help=public_set.__doc__)
    options = parser.parse_args()
    try:
        sets = [public_set(given) for given in options.set]
    except (ValueError, OSError) as error:
        parser.error(str(error))
    asyncio.run(run_public(sets) if sets else run())


if __name__ == "__main__":
    main()
