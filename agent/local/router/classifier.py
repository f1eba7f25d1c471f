"""What the router has learned: the margins of every route for a text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.local.router.examples import Prototype, load_labels, load_prototypes
from stylegraph.agent.local.router.kernel_ridge import Head, Texts, correction, fit, grams_of, products
from stylegraph.agent.local.router.weights import coarse, is_known, prototype_vectors, shipped_head
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.gazetteer import load_words

LOOK = "look"
"""The label of questions that a look at the picture answers: `image` and nothing else."""
LEANS = "leans"
"""The label of questions that can't be understood without what was said before, or without a picture."""
SAME = "same"
"""The label of questions that go where the question before them went."""
_NO_ROUTES = (LEANS, SAME)

_OWN_LIFT = 1.1
_FAR, _NEAR = 0.75, 0.92
"""Cosine with an own example, beside that with anything else, from which a margin is lifted, and lifted fully."""
_UNLIKE = 0.3
_SURE, _DOUBT = 0.5, 0.5
"""Margin from which what was learned of thousands of questions is sure of a route, and how much an own source's margin is
lifted where it is sure of none."""
_STRANGE, _FAMILIAR = -1.0, -0.4
"""Margins of an own source of a text that has nothing in common with its examples, and of one that has enough."""


Margins = Mapping[str, float]
"""Route -> margin: above 0 is yes, about ±1 is certain."""


class Reading(NamedTuple):
    """What a text asks for, as learned; a margin above 0 is yes, about ±1 is certain."""

    leans: float
    """Margin of leaning on what was said before, or on a picture."""
    same: float
    """Margin of going where the question before it went."""
    margins: dict[str, float]
    """Route -> margin."""

    @property
    def leaning(self) -> float:
        """Margin of leaning on the question before it, in whichever way."""
        return max(self.leans, self.same)


class Learned:
    """Margins by route: what was learned from the prototypes, corrected by the sources' own examples.

    A user's own source has a handful of examples against thousands, so its margins are lifted for a text that is
    about as much like one of its examples as like anything else, and for one that is like nothing that was learned.
    """

    def __init__(
        self, head: Head, examples: Sequence[Prototype], texts: Texts, own: Sequence[str], there: Set[str]
    ) -> None:
        """Correct what was learned.

        Args:
            head: Learned from the prototypes.
            examples: Of the sources.
            texts: The examples, as the kernel sees them.
            own: Names of the user's own sources.
            there: The routes that there are: no other one gets a margin.
        """
        self._learned = head.labels
        self._labels = (*self._learned, *own)
        self._there = there
        self._sure = [place for place, label in enumerate(self._learned) if label in there]
        self._head = head
        self._texts = texts
        self._mine = [np.array([name in example.routes for example in examples]) for name in own]
        missing = targets(examples, self._labels) - self._known(texts)
        self._correction = correction(head.similarity(texts, texts), missing)

    def read(self, texts: Texts) -> list[Reading]:
        """Read each text."""
        rows = self._known(texts) + products(self._head.similarity(texts, self._texts), self._correction.T)
        doubt = np.clip((_SURE - rows[:, self._sure].max(axis=1, initial=-1.0)) / _SURE, 0.0, 1.0)
        for column, mine in enumerate(self._mine, start=len(self._learned)):
            rows[:, column] += _OWN_LIFT * self._nearness(texts.vectors, mine)
            familiar = np.clip((rows[:, column] - _STRANGE) / (_FAMILIAR - _STRANGE), 0.0, 1.0)
            rows[:, column] += _DOUBT * doubt * familiar
        return [self._reading(dict(zip(self._labels, map(float, row), strict=True))) for row in rows]

    def _reading(self, told: Margins) -> Reading:
        margins = {label: margin for label, margin in told.items() if label in self._there}
        return Reading(leans=told[LEANS], same=told[SAME], margins=margins)

    def _known(self, texts: Texts) -> Vectors:
        """Return the margins from the prototypes, which know nothing of a user's own sources."""
        known = self._head.margins(texts)
        unknown = np.full((len(known), len(self._labels) - len(self._learned)), -1.0, dtype=np.float32)
        return np.hstack([known, unknown])

    def _nearness(self, vectors: Vectors, mine: NDArray[np.bool_]) -> Vectors:
        """Return how near a text is to some examples, 0..1: as near as to all others is near."""
        likeness = products(vectors, self._texts.vectors)
        own, others = likeness[:, mine].max(axis=1), likeness[:, ~mine].max(axis=1, initial=_UNLIKE)
        others = np.maximum(others, products(vectors, self._head.vectors).max(axis=1))
        nearness = np.clip((own / others - _FAR) / (_NEAR - _FAR), 0.0, 1.0)
        return np.asarray(nearness * (own > _UNLIKE), dtype=np.float32)


async def learn(
    embedder: Embedder, sources: Sequence[EvidenceSource], head: Head | None = None, *, looks: bool = True
) -> Learned:
    """Learn from the prototypes, unless what was learned of them is given, and from each source's examples.

    Args:
        embedder: Makes the vectors.
        sources: Where questions may go; a route that was learned and has no source is left out.
        head: What was learned of the prototypes.
        looks: Whether pictures can be looked at.
    """
    head = head or shipped_head(embedder) or await fitted_head(embedder)
    names = [source.name for source in sources]
    own = [name for name in names if name not in (*head.labels, "image")]
    examples = [
        Prototype(text, frozenset([source.name]), "")
        for source in sources
        for text in _distinct(source, is_own=source.name in own)
    ]
    there = {"chat", *names} | ({LOOK} if looks else set())
    vectors = await embedder.embed(texts) if (texts := [one.text for one in examples]) else head.vectors[:0]
    return await asyncio.to_thread(Learned, head, examples, as_texts(texts, vectors), own, there)


async def fitted_head(embedder: Embedder, without: Set[str] = frozenset()) -> Head:
    """Learn from the prototypes anew, which takes a minute; some texts may be left out."""
    vectors = coarse(await prototype_vectors(embedder))
    kept = [(one, vector) for one, vector in zip(load_prototypes(), vectors, strict=True) if one.text not in without]
    prototypes = [one for one, _ in kept]
    texts = as_texts([one.text for one in prototypes], np.stack([vector for _, vector in kept]))
    labels = (*load_labels().routes, LOOK, *_NO_ROUTES)
    return await asyncio.to_thread(fit, texts, targets(prototypes, labels), labels)


def as_texts(texts: Sequence[str], vectors: Vectors) -> Texts:
    """Assemble the three views of some texts."""
    return Texts(vectors, load_words().features(texts), [grams_of(text) for text in texts])


def _distinct(source: EvidenceSource, *, is_own: bool) -> list[str]:
    """Return a source's examples that aren't prototypes already; of a user's own also the description."""
    texts = [*source.examples, *([source.description] if is_own else [])]
    return [text for text in dict.fromkeys(texts) if text.strip() and not is_known(text)]


def targets(prototypes: Sequence[Prototype], labels: Sequence[str]) -> Vectors:
    """Return 1 where a label holds for a prototype, -1 where it doesn't, 0 where nothing tells; a row a prototype."""
    rows = [[_target(label, prototype) for label in labels] for prototype in prototypes]
    return np.asarray(rows, dtype=np.float32).reshape(len(prototypes), len(labels))


def _target(label: str, prototype: Prototype) -> float:
    if label == LEANS:
        return 1.0 if prototype.leans else -1.0
    if label == SAME:
        return 0.0 if prototype.same is None else 1.0 if prototype.same else -1.0
    if not prototype.routes:
        return 0.0
    holds = prototype.routes == {"image"} if label == LOOK else label in prototype.routes
    return 1.0 if holds else -1.0


def best(margins: Margins) -> str:
    """Return the route with the highest margin."""
    return max(margins, key=margins.__getitem__)
