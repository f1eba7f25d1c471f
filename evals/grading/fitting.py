"""Fits the local grader: `python -m stylegraph.evals.grading.fitting [--write] [--split test] [--misses]`.

Without options it prints what the tune split of `cases/support.yaml` gives when each case is graded by a model that was
fitted to all others (eight folds); `--split test` prints what the shipped weights give on the test split, by kind. Beside
the hard sentences, which differ from the evidence in one thing, the clear ones are graded against the next case's evidence.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

import stylegraph.agent.local.support
from stylegraph.agent.local.reader.features import Numbers
from stylegraph.agent.local.support import answering, comparison
from stylegraph.agent.local.support.comparison import Comparison
from stylegraph.agent.local.support.likelihoods import LEAST, Likelihoods
from stylegraph.agent.local.support.passages import passage_of
from stylegraph.agent.local.support.weights import Weights, fit, fitted
from stylegraph.agent.text.language import LANGUAGES
from stylegraph.evals.cases import Split
from stylegraph.evals.grading.cases import Pair, answer_pairs, sentence_pairs, support_cases
from stylegraph.tools.embeddings import LocalEmbedder

ELSEWHERE = "elsewhere"
"""A sentence beside evidence on something else."""
_FOLDS = 8
_RIDGE = {"support": 2.0, "answers": 2.0}
_NAMES = {"support": comparison.NAMES, "answers": answering.NAMES}
_SIGNS = {"support": comparison.SIGNS, "answers": answering.SIGNS}
_HEADER = "# Weights of `agent.local.support`, written by `python -m stylegraph.evals.grading.fitting --write`.\n"


class Table(NamedTuple):
    """Labelled rows of one model."""

    pairs: list[Pair]
    features: Numbers

    @property
    def labels(self) -> list[bool]:
        """Whether each is as it should be."""
        return [pair.label for pair in self.pairs]


async def collect(split: Split) -> dict[str, Table]:
    """Compare every labelled sentence with its evidence, and every labelled answer with its question."""
    grader = Likelihoods(LocalEmbedder())
    said, answers = [*sentence_pairs(split), *elsewhere(split)], answer_pairs(split)
    rows = []
    for pair in said:
        passages = [passage_of(text) for text in pair.case.evidence]
        known = await grader.know([pair.text], passages)
        rows.append(await asyncio.to_thread(Comparison(pair.text, passages, known).features))
    told = [await grader.answer_features(pair.case.question, pair.text, pair.case.evidence) for pair in answers]
    return {"support": Table(said, np.array(rows)), "answers": Table(answers, np.array(told))}


def elsewhere(split: Split) -> list[Pair]:
    """Return the clear sentences of each case with the evidence of the next one in its language."""
    found = []
    for language in LANGUAGES:
        cases = [case for case in support_cases() if case.split == split and case.language == language]
        for case, after in zip(cases, [*cases[1:], cases[0]], strict=True):
            moved = case.model_copy(update={"evidence": after.evidence})
            clear = [text for said in case.said for kind, text in said.items() if kind in ("stated", "paraphrase")]
            found += [Pair(moved, ELSEWHERE, text, label=False) for text in clear]
    return found


def cross_validated(part: str, table: Table) -> Numbers:
    """Return the likelihood of each row by a model that was fitted without its case and its fold."""
    ids = sorted({pair.case.id for pair in table.pairs})
    folds = np.array([ids.index(pair.case.id) % _FOLDS for pair in table.pairs])
    likely = np.zeros(len(folds))
    for fold in range(_FOLDS):
        own = folds == fold
        labels = [label for label, left_out in zip(table.labels, own, strict=True) if not left_out]
        likely[own] = _fit(part, table.features[~own], labels).likely(table.features[own])
    return likely


def _fit(part: str, features: Numbers, labels: Sequence[bool]) -> Weights:
    return fit(features, labels, list(_SIGNS[part].values()), _RIDGE[part])


def report(part: str, table: Table, likely: Numbers) -> str:
    """Return precision, recall and accuracy over the hard pairs, then the share that is right of each kind and language."""
    said, right = likely >= LEAST, np.array(table.labels)
    hard = np.array([pair.kind != ELSEWHERE for pair in table.pairs])
    languages = np.array([pair.case.language for pair in table.pairs])
    kinds: dict[str, list[bool]] = {}
    for pair, is_right in zip(table.pairs, said == right, strict=True):
        kinds.setdefault(pair.kind, []).append(bool(is_right))
    area = float(np.mean(likely[right][:, None] > likely[~right & hard][None]))
    each = (f"{one} {np.mean((said == right)[hard & (languages == one)]):.3f}" for one in LANGUAGES)
    lines = [
        f"{part}: {int(hard.sum())} hard pairs: right {np.mean((said == right)[hard]):.3f} ({', '.join(each)}), "
        f"precision {right[said & hard].mean():.3f}, recall {said[right].mean():.3f}, ROC area {area:.3f}",
        *(f"  {kind:12} {sum(flags):3} of {len(flags):3} right" for kind, flags in kinds.items()),
    ]
    return "\n".join(lines)


def _misses(table: Table, likely: Numbers) -> str:
    order = np.argsort(-np.abs(likely - np.array(table.labels)))
    return "\n".join(
        f"  {likely[at]:.2f} {table.pairs[at].case.id} {table.pairs[at].kind:12} {table.pairs[at].text}"
        for at in order
        if (likely[at] >= LEAST) != table.pairs[at].label
    )


def written(models: Mapping[str, Weights]) -> str:
    """Return models as the text of `weights.yaml`."""
    return _HEADER + "".join(
        f"{part}:\n"
        + "".join(f"  {name}: {weight:.4f}\n" for name, weight in zip(_NAMES[part], model.columns, strict=True))
        + f"  constant: {model.constant:.4f}\n"
        for part, model in models.items()
    )


def main() -> None:
    """Print the figures, and write the weights where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--misses", action="store_true", help="print what is graded wrongly")
    parser.add_argument(
        "--write", action="store_true", help="write agent/local/support/weights.yaml, fitted to the tune split"
    )
    options = parser.parse_args()
    tables = asyncio.run(collect("tune" if options.write else options.split))
    for part, table in tables.items():
        shipped = options.split == "test" and not options.write
        likely = fitted(part, _NAMES[part]).likely(table.features) if shipped else cross_validated(part, table)
        print(report(part, table, likely))
        if options.misses:
            print(_misses(table, likely))
    if options.write:
        models = {part: _fit(part, table.features, table.labels) for part, table in tables.items()}
        path = Path(stylegraph.agent.local.support.__file__).with_name("weights.yaml")
        path.write_text(written(models), encoding="utf-8")
        print(f"written to {path.name}")


if __name__ == "__main__":
    main()
