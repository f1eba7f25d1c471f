"""Small talk: what a message is after, and something short and warm to say."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np

from stylegraph.agent.local.router.examples import load_prototypes
from stylegraph.agent.local.router.weights import prototype_vectors
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml

DECLINED = "declined"
_NEAREST = 3


class SmallTalk:
    """Knows what small talk is after from the nearest examples.

    Args:
        embedder: Compares a message with the examples.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: Vectors | None = None

    async def intent(self, text: str) -> str:
        """Return the intent: `greeting`, `thanks`, `capabilities`, ..., or `declined` for what is not done here."""
        if self._vectors is None:
            self._vectors = await prototype_vectors(self._embedder)
        (vector,) = await self._embedder.embed([text])
        intents = [prototype.intent for prototype in load_prototypes()]
        likeness = np.where([bool(intent) for intent in intents], self._vectors @ vector, -1.0)
        votes: dict[str, float] = {}
        for row in np.argsort(-likeness)[:_NEAREST]:
            votes[intents[row]] = votes.get(intents[row], 0.0) + float(likeness[row])
        return DECLINED if load_words().has(text, "task", "advice") else max(votes, key=votes.__getitem__)

    async def answer(self, text: str, language: Language) -> tuple[str, str]:
        """Return the intent and something to say; the same to the same message."""
        intent = await self.intent(text)
        choices = _sayings()[language][intent]
        digest = hashlib.blake2b(text.strip().lower().encode("utf-8", "surrogatepass"), digest_size=2).digest()
        return intent, choices[int.from_bytes(digest, "big") % len(choices)]


@cache
def _sayings() -> dict[Language, dict[str, list[str]]]:
    data: Any = read_yaml(__package__, "smalltalk.yaml")
    return dict(data)
