"""A set of training examples in figures: how many, of what, how long, how different from each other, made by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import mean, median
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Indel

from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.evals.tuning.alike import Alike
from stylegraph.evals.tuning.examples import Example

_ALIKE = 0.8
_COMPARED = 500
"""Questions that are compared each with all: evenly taken from a larger set."""
_BEGINNINGS = 12


class Figures(NamedTuple):
    """What a report tells."""

    size: int
    languages: dict[str, int]
    routes: dict[str, int]
    """A question that went to two counts for both."""
    asked_by: dict[str, int]
    answered_by: dict[str, int]
    questions: list[int]
    """Length of each question, in characters."""
    answers: list[int]
    turns: float
    """Mean number of messages before an answer."""
    exact: int
    """Examples whose question and answer stand there before."""
    near: int
    """Further ones nearly like an earlier one (MinHash, Jaccard 0.8)."""
    distinct: float
    """Share of different pairs of words among all of the questions (distinct-2; Li et al. 2016)."""
    nearest: list[float]
    """ROUGE-L of each compared question with the likest other, 0..1."""
    beginnings: dict[str, int]
    """The first telling words of the questions, the most frequent first."""

    def summary(self) -> dict[str, object]:
        """Return the figures without the long lists, as one record."""
        lists = ("questions", "answers", "nearest", "beginnings")
        told: dict[str, object] = {name: value for name, value in self._asdict().items() if name not in lists}
        middle = {"question_length": median(self.questions), "answer_length": median(self.answers)}
        return {**told, **middle, "nearest": round(mean(self.nearest), 4) if self.nearest else None}


def figures_of(examples: Sequence[Example]) -> Figures:
    """Count a set of examples; at least one."""
    words = [tuple(tokenize(one.question)) for one in examples]
    exact, near = _duplicates(examples)
    return Figures(
        size=len(examples),
        languages=_counted(one.language for one in examples),
        routes=_counted(route for one in examples for route in one.routes or ("not known",)),
        asked_by=_counted("not known" if one.origin.startswith("file ") else one.asked_by for one in examples),
        answered_by=_counted(one.made_by for one in examples),
        questions=[len(one.question) for one in examples],
        answers=[len(one.answer) for one in examples],
        turns=mean(len(one.messages) - 2 for one in examples),
        exact=exact,
        near=near,
        distinct=_distinct(words),
        nearest=_nearest(words),
        beginnings=dict(Counter(one[0] for one in words if one).most_common(_BEGINNINGS)),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _duplicates(examples: Sequence[Example]) -> tuple[int, int]:
    seen: set[str] = set()
    alike, exact, near = Alike(_ALIKE), 0, 0
    for one in examples:
        whole = " ".join(f"{one.question}\n{one.answer}".casefold().split())
        if whole in seen:
            exact += 1
        elif alike.has(whole):
            near += 1
        seen.add(whole)
        alike.add(whole)
    return exact, near


def _distinct(words: Sequence[Sequence[str]]) -> float:
    pairs = [pair for one in words for pair in pairwise(one)]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def _nearest(words: Sequence[tuple[str, ...]]) -> list[float]:
    count = min(len(words), _COMPARED)
    chosen = [words[place * len(words) // count] for place in range(count)]
    found = []
    for place, one in enumerate(chosen):
        others = [*chosen[:place], *chosen[place + 1 :]]
        best = process.extractOne(one, others, scorer=Indel.normalized_similarity, processor=None)
        if best is not None:
            found.append(float(best[1]))
    return found
