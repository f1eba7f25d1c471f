"""What tells whether a source answers a question by itself, and how it is weighed."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from stylegraph.agent.evidence import Match
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.router.classifier import Margins
from stylegraph.agent.text.clauses import asks
from stylegraph.agent.text.resources import read_yaml
from stylegraph.agent.text.tokenizer import tokenize

NAME = "matching.yaml"


class Signs(NamedTuple):
    """What tells whether a source answers a question by itself."""

    score: float
    """How well the best of what somebody put there matches, 0..1."""
    leans: float
    """Margin of leaning on what was said before: a first question that presupposes something is about what lies there."""
    gap: float
    """How far the source's margin is above all others."""
    spoken: float = 0.0
    """The share of the question, by weight, that the best sentence and those around it speak of, times the logarithm of how many
    words it has: all of two words are met by chance, all of eight are not."""
    alike: float = 0.0
    """The cosine of the best sentence."""
    asks: float = 0.0
    """1 where the words ask for something: what somebody only tells is small talk, whatever is like it."""


class Weights(NamedTuple):
    """A logistic model of signs, in their order, and from where it counts."""

    score: float
    leans: float
    gap: float
    spoken: float
    alike: float
    asks: float
    constant: float
    least: float
    """Log odds from which a source answers."""

    def odds(self, signs: Signs) -> float:
        """Return the log odds that a source answers by itself."""
        counts = zip(self[: len(signs)], signs, strict=True)
        return sum(weight * sign for weight, sign in counts) + self.constant


@cache
def shipped_weights() -> Weights:
    """Return the weights that stand in `matching.yaml`."""
    return Weights(**read_yaml(__package__, NAME))


async def signs_of(match: Match, text: str, reader: Reader, leans: float, margins: Margins, name: str) -> Signs:
    """Return the signs of a source.

    Args:
        match: What it has that is most like the question.
        text: The question.
        reader: Reads that.
        leans: The question's margin of leaning on what was said before.
        margins: Route -> margin, as learned.
        name: The source's.
    """
    others = max((margin for route, margin in margins.items() if route != name), default=-1.0)
    signs = Signs(match.score, leans, margins[name] - others, asks=float(asks(text)))
    read = await reader.summary(text, match.passages)
    if not read:
        return signs
    words = math.log1p(len({*tokenize(text)}))
    return signs._replace(spoken=read["near"] * words, alike=read["cosine"])
