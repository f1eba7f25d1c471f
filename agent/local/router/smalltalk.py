"""Small talk: what a message is after, and something short to say that is right whatever it meant."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from stylegraph.agent.local.router.weights import talk_examples
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.patterns import tells
from stylegraph.agent.text.resources import read_yaml

Sayings = Mapping[Language, Mapping[str, str]]
"""Language -> intent -> what is said to it."""

DECLINED, _OTHER = "declined", "other"
_SURE = 0.8
"""Cosine with an example from which a message is after the same. Feelings are not guessed: anything else gets one neutral line."""


class SmallTalk:
    """Knows what small talk is after where a message is as good as one of the examples.

    Args:
        embedder: Compares a message with the examples.
        own: What is said instead of some of what is shipped, by language and intent.
    """

    def __init__(self, embedder: Embedder, own: Sayings | None = None) -> None:
        self._embedder = embedder
        self._own = own or {}
        self._examples: tuple[Vectors, list[str]] | None = None

    async def intent(self, text: str) -> str:
        """Return the intent: `greeting`, `thanks`, `capabilities`, ..., `declined` for what is not done here, or `other`."""
        if tells("liking", text):
            return "liking"
        if self._examples is None:
            self._examples = await talk_examples(self._embedder)
        (vector,) = await self._embedder.embed([text])
        vectors, intents = self._examples
        likeness = vectors @ vector
        nearest = intents[likeness.argmax()]
        if nearest == DECLINED or load_words().has(text, "task", "advice"):
            return DECLINED
        return nearest if likeness.max() >= _SURE and nearest in _sayings()["en"] else _OTHER

    async def answer(self, text: str, language: Language) -> tuple[str, str]:
        """Return the intent and what is said to it."""
        intent = await self.intent(text)
        return intent, self._own.get(language, {}).get(intent) or _sayings()[language][intent]


@cache
def _sayings() -> dict[Language, dict[str, str]]:
    data: Any = read_yaml(__package__, "smalltalk.yaml")
    return dict(data)
