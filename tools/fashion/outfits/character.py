"""The character of pieces that are known by a description, and what a dialogue asks of it: thirteen scales.

Free words are read by their likeness to the examples in `words/character.yaml`, with the sentence encoder and a ridge
regression; so a word need not be among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from stylegraph.agent.protocols import Vectors
from stylegraph.tools.embeddings import LocalEmbedder  # whatever the settings name: the weights are fitted to it
from stylegraph.tools.fashion.items.word_files import character_words
from stylegraph.tools.fashion.outfits.dialogue import Clause

SCALES = ("dressed", "active", "warm", "soft", "bold", "mature", "dry", "tight", "bare", "heeled", "bright", "patterned",
          "skirted")  # fmt: skip
_RIDGE = 2.0
_OF_PIECE, _OF_DIALOGUE = 2.5, 2.0
"""How fast a reading is taken for certain."""
_PHRASE = re.compile(r"\s*[/|,;.·\n]\s*")
_LONG, _PART = 8, 5
"""Words from which more are no phrase, and the parts that such a description without signs is cut into."""


class Head(NamedTuple):
    """A fitted regression from vectors to scales."""

    mean: Vectors
    weights: Vectors

    def read(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text, a column for each of `SCALES`: about -1 to 1, 0 where it says nothing."""
        return np.asarray((LocalEmbedder().encode(texts) - self.mean) @ self.weights, dtype=np.float32)


@cache
def head(side: str) -> Head:
    """Return what reads one side: `described` for pieces, `asked` for requests."""
    examples = [(text, _marked(marks)) for marks, texts in character_words()[side].items() for text in texts]
    vectors = LocalEmbedder().encode([text for text, _ in examples])
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    inner: Vectors = centred @ centred.T + np.float32(_RIDGE) * np.eye(len(centred), dtype=np.float32)
    shares: Vectors = np.linalg.solve(inner, np.stack([marks for _, marks in examples])).astype(np.float32)
    return Head(mean, centred.T @ shares)


def _marked(marks: str) -> Vectors:
    row = np.zeros(len(SCALES), dtype=np.float32)
    for mark in marks.split():
        if mark != "none":
            row[SCALES.index(mark[:-1])] = 1.0 if mark.endswith("+") else -1.0
    return row


@lru_cache(maxsize=4096)
def phrases_of(description: str) -> tuple[str, ...]:
    """Return the phrases of a description, one that has no signs in parts of a few words."""
    return tuple(part for phrase in _PHRASE.split(description) for part in _parts(phrase.split()))


def _parts(words: Sequence[str]) -> list[str]:
    step = _PART if len(words) > _LONG else _LONG
    return [" ".join(words[at : at + step]) for at in range(0, len(words), step)]


def described(description: str) -> Vectors:
    """Return where a piece stands on each scale, by the phrase that says most of it: -1 to 1."""
    phrases = phrases_of(description)
    if not phrases:
        return np.zeros(len(SCALES), dtype=np.float32)
    read = head("described").read(phrases)
    return np.asarray(np.tanh(_OF_PIECE * read[np.abs(read).argmax(axis=0), np.arange(len(SCALES))]))


def asked(clauses: Sequence[Clause]) -> Vectors:
    """Return what a dialogue asks on each scale, -1 to 1: of what is refused, the contrary."""
    if not clauses:
        return np.zeros(len(SCALES), dtype=np.float32)
    said = head("asked").read([one.text for one in clauses])
    matter = head("described").read([one.matter for one in clauses])
    refused = np.array([[one.refused] for one in clauses])
    weights = np.array([[one.weight] for one in clauses])
    return np.asarray(np.tanh(_OF_DIALOGUE * (weights * np.where(refused, (said - matter) / 2, said)).sum(axis=0)))
