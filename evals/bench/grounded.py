"""How well a sentence that its evidence bears is told from one that it does not, beside the share of its words found there.

The sentences of `cases/claims/` with the units that they cite, with the whole document, and with three documents; then true
ones with their document and with what is left of it without their units. `long` are those of several facts, `mixed` is all of it with
neighbouring sentences of the documents as they stand there, as answers have them. The area is that
under the ROC curve. Words in common are called right by the bound that is best for them on the very sentences that are
asked; ours by .5, which was set elsewhere.
`python -m stylegraph.evals.bench.grounded --split tune` asks what choices were made on.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stylegraph.agent.local.support.likelihoods import LEAST, Likelihoods
from stylegraph.agent.local.support.passages import passage_of
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.evals.grading.claims import ClaimPair, claim_pairs
from stylegraph.evals.harness.reading_cases import LANGUAGES, Split
from stylegraph.tools.embeddings import LocalEmbedder

_LONG = 3


class Judged(NamedTuple):
    """A pair, how likely it is borne, and the share of its words that stand in the evidence."""

    pair: ClaimPair
    likely: float
    words: float


GROUPS: Mapping[str, Callable[[ClaimPair], bool]] = {
    "cited": lambda pair: pair.setting == "cited" and pair.claim.kind != "copied",
    "document": lambda pair: pair.setting == "document" and pair.claim.kind != "copied",
    "several": lambda pair: pair.setting == "several" and pair.claim.kind != "copied",
    "long": lambda pair: pair.setting in ("document", "several") and len(pair.claim.cites) >= _LONG,
    "left out": lambda pair: (
        pair.claim.true and pair.claim.kind != "lead_in" and pair.setting in ("document", "without")
    ),
}
"""Which pairs stand in which line of the table."""


async def judged(split: Split) -> list[Judged]:
    """Ask for each claim of a split whether its evidence says it."""
    likelihoods = Likelihoods(LocalEmbedder())
    return [
        Judged(pair, (await likelihoods.borne(pair.text, [*map(passage_of, pair.evidence)]))[0], overlap(pair))
        for pair in claim_pairs(split)
    ]


def overlap(pair: ClaimPair) -> float:
    """Return the share of a claim's words that stand in the evidence."""
    own, there = set(tokenize(pair.text)), set(tokenize("\n".join(pair.evidence)))
    return len(own & there) / (len(own) or 1)


def area(likely: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the area under the ROC curve."""
    said, right = np.array(likely), np.array(labels)
    beside = said[right][:, None] - said[~right][None]
    return float(np.mean((beside > 0) + 0.5 * (beside == 0)))


def balanced(likely: Sequence[float], labels: Sequence[bool], bound: float) -> float:
    """Return balanced accuracy when what reaches a bound is called borne."""
    said, right = np.array(likely) >= bound, np.array(labels)
    return float((said[right].mean() + (~said[~right]).mean()) / 2)


def line(name: str, rows: Sequence[Judged]) -> str:
    """Return the figures of some pairs."""
    labels, likely, words = [row.pair.label for row in rows], [row.likely for row in rows], [row.words for row in rows]
    best = max(balanced(words, labels, bound) for bound in {*words})
    return (
        f"{name:12} {len(rows):4}: area {area(likely, labels):.3f} (words {area(words, labels):.3f}), "
        f"balanced accuracy {balanced(likely, labels, LEAST):.3f} (words {best:.3f})"
    )


def report(rows: Sequence[Judged]) -> str:
    """Return the table, and of each kind the share that is right beside its units and beside its document."""
    lines = []
    for language in LANGUAGES:
        own = [row for row in rows if row.pair.claim.language == language]
        lines += [line(f"{language} {name}", [row for row in own if holds(row.pair)]) for name, holds in GROUPS.items()]
    return "\n".join([*lines, *_kinds(rows)])


def _kinds(rows: Sequence[Judged]) -> list[str]:
    lines = []
    for kind in dict.fromkeys(row.pair.claim.kind for row in rows):
        shares = []
        for setting in ("cited", "document"):
            own = [row for row in rows if (row.pair.claim.kind, row.pair.setting) == (kind, setting)]
            right = sum((row.likely >= LEAST) == row.pair.label for row in own)
            shares.append(f"{setting} {right:3} of {len(own):3}")
        lines.append(f"  {kind:12} {', '.join(shares)}")
    return lines


def main() -> None:
    """Run the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["train", "tune", "test"], default="test")
    print(report(asyncio.run(judged(parser.parse_args().split))))


if __name__ == "__main__":
    main()
