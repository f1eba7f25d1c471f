"""What the router has learned: the margins of every route for a text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.decisions import Embedder, Vectors
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.local.head import Head, Texts, grams_of
from stylegraph.agent.local.prototypes import Prototype, load_prototypes, prototype_cues, prototype_vectors
from stylegraph.agent.local.words import load_words

LOOK = "look"
"""The label of questions that a look at the picture answers: `image` and nothing else."""
BUILT_IN = ("documents", "web", "fashion", "chat", LOOK)

_TAKEN_OVER = 0.42
"""Cosine above which a prototype of the web or of small talk gives way to an example of a user's own source."""
_OWN_LIFT = 1.1
_FAR, _NEAR = 0.75, 0.92
"""Cosine with an own example, beside that with anything else, from which a margin is lifted, and lifted fully."""
_UNLIKE = 0.3


class Learned:
    """Margins by route, from the prototypes and the sources' examples.

    A user's own source has a handful of examples against hundreds, so its margins are lifted for a text that is
    about as much like one of its examples as like anything else.
    """

    def __init__(self, prototypes: Sequence[Prototype], texts: Texts, own: Sequence[str]) -> None:
        self._labels = (*BUILT_IN, *own)
        self._head = Head(texts, targets(prototypes, self._labels))
        self._vectors = texts.vectors
        self._examples = [[name in prototype.routes for prototype in prototypes] for name in own]

    def margins(self, texts: Texts) -> list[dict[str, float]]:
        """Give the margin of each label for each text."""
        rows = self._head.margins(texts)
        likeness = texts.vectors @ self._vectors.T
        for column, examples in enumerate(self._examples, start=len(BUILT_IN)):
            rows[:, column] += _OWN_LIFT * _nearness(likeness, np.array(examples))
        return [dict(zip(self._labels, map(float, row), strict=True)) for row in rows]


def _nearness(likeness: Vectors, examples: NDArray[np.bool_]) -> Vectors:
    """Say how near a text is to some examples, 0..1: as near as to all others is near."""
    own, others = likeness[:, examples].max(axis=1), likeness[:, ~examples].max(axis=1)
    beside = own / np.maximum(others, _UNLIKE)
    return np.asarray(np.clip((beside - _FAR) / (_NEAR - _FAR), 0.0, 1.0) * (own > _UNLIKE), dtype=np.float32)


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


def targets(prototypes: Sequence[Prototype], labels: Sequence[str]) -> Vectors:
    """Give 1 where a label holds for a prototype and -1 where it doesn't, shape (len(prototypes), len(labels))."""
    rows = [[_target(label, prototype.routes) for label in labels] for prototype in prototypes]
    return np.asarray(rows, dtype=np.float32)


def _target(label: str, routes: frozenset[str]) -> float:
    if label == LOOK:
        return 1.0 if routes == {"image"} else -1.0
    return 1.0 if label in routes else -1.0


def best(margins: Mapping[str, float]) -> str:
    """Give the route with the highest margin."""
    return max(margins, key=margins.__getitem__)
