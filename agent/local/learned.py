"""What the router has learned: the margins of every route for a text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from stylegraph.agent.decisions import Embedder, Vectors
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.local.head import Head, Texts, grams_of
from stylegraph.agent.local.prototypes import Prototype, load_prototypes, prototype_cues, prototype_vectors
from stylegraph.agent.local.words import load_words

LOOK = "look"
"""The label of questions that a look at the picture answers: `image` and nothing else."""
BUILT_IN = ("documents", "web", "fashion", "chat", LOOK)

_TAKEN_OVER = 0.5
"""Cosine above which a prototype of the web or of small talk gives way to an example of a user's own source."""
_LEAST_LIFT, _MOST_LIFT = 0.4, 0.8
_STOLEN = 0.005
"""Share of the prototypes that a user's own source may win against their own route."""


class Learned:
    """Margins by route, from the prototypes and the sources' examples.

    A user's own source has a handful of examples against hundreds, so its margins are lifted: as far as it wins
    almost none of the prototypes from their routes.
    """

    def __init__(self, prototypes: Sequence[Prototype], texts: Texts, own: Sequence[str]) -> None:
        self._labels = (*BUILT_IN, *own)
        targets = np.array([[_target(label, prototype.routes) for label in self._labels] for prototype in prototypes])
        self._head = Head(texts, targets.astype(np.float32))
        self._lifts = self._lift(targets, len(BUILT_IN))

    def margins(self, texts: Texts) -> list[dict[str, float]]:
        """Give the margin of each label for each text."""
        rows = self._head.margins(texts) + self._lifts
        return [dict(zip(self._labels, map(float, row), strict=True)) for row in rows]

    def _lift(self, targets: Vectors, first_own: int) -> Vectors:
        lifts = np.zeros(len(self._labels), dtype=np.float32)
        left_out = self._head.left_out() if first_own < len(self._labels) else lifts
        for column in range(first_own, len(self._labels)):
            others = targets[:, column] < 0
            right = np.where(targets[others] > 0, left_out[others], -np.inf).max(axis=1)
            room = np.quantile(right - left_out[others, column], _STOLEN)
            lifts[column] = np.clip(room, _LEAST_LIFT, _MOST_LIFT)
        return lifts


async def learn(embedder: Embedder, sources: Sequence[EvidenceSource]) -> Learned:
    """Learn from the prototypes, and from each source's examples and description."""
    known = load_prototypes()
    examples = [
        Prototype(text, frozenset([source.name]), "") for source in sources for text in _distinct(source, known)
    ]
    own = [source.name for source in sources if source.name not in (*BUILT_IN, "image")]
    added = as_texts(texts := [one.text for one in examples], await embedder.embed(texts))
    vectors = np.vstack([await prototype_vectors(embedder), added.vectors])
    prototypes = [*known, *examples]
    kept = _not_taken_over(prototypes, vectors, own)
    return await asyncio.to_thread(_learn, [prototypes[row] for row in kept], vectors[kept], added.cues, kept, own)


def _learn(
    prototypes: Sequence[Prototype], vectors: Vectors, added: Vectors, kept: Sequence[int], own: Sequence[str]
) -> Learned:
    cues = np.vstack([prototype_cues(), added])[list(kept)]
    return Learned(prototypes, Texts(vectors, cues, [grams_of(one.text) for one in prototypes]), own)


def as_texts(texts: Sequence[str], vectors: Vectors) -> Texts:
    """Put the three views of some texts together."""
    return Texts(vectors, load_words().features(texts), [grams_of(text) for text in texts])


def _distinct(source: EvidenceSource, known: Sequence[Prototype]) -> list[str]:
    """Give a source's examples that aren't prototypes already; of a user's own also the description."""
    seen = {prototype.text for prototype in known}
    own = [] if source.name in (*BUILT_IN, "image") else [source.description]
    return [text for text in dict.fromkeys([*source.examples, *own]) if text.strip() and text not in seen]


def _not_taken_over(prototypes: Sequence[Prototype], vectors: Vectors, own: Sequence[str]) -> list[int]:
    mine = [row for row, one in enumerate(prototypes) if one.routes & set(own)]
    if not mine:
        return list(range(len(prototypes)))
    nearest = (vectors @ vectors[mine].T).max(axis=1)
    return [
        row for row, one in enumerate(prototypes) if not (one.routes <= {"web", "chat"} and nearest[row] > _TAKEN_OVER)
    ]


def _target(label: str, routes: frozenset[str]) -> float:
    if label == LOOK:
        return 1.0 if routes == {"image"} else -1.0
    return 1.0 if label in routes else -1.0


def best(margins: Mapping[str, float]) -> str:
    """Give the route with the highest margin."""
    return max(margins, key=margins.__getitem__)
