"""Sets of labelled sentences from the repository, for learning from a few examples: what was tuned on, and what was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from stylegraph.agent.local.router.examples import load_prototypes
from stylegraph.agent.text.language import LANGUAGES, Language, detect_language
from stylegraph.evals.cases import RouteCase, Split, load_cases

_FEWEST = 12
_MOST_ASKED = 60
"""Sentences of a label that are asked in one draw: one label of the small talk has hundreds."""

DESCRIPTIONS: Mapping[str, str] = {
    "documents": "a question that documents, manuals, guides or company policies answer",
    "web": "a question about news, prices, weather, or anything current that has to be looked up on the web",
    "fashion": "a wish for clothes to wear, to buy or to give",
    "chat": "small talk, thanks, a greeting, or a request that has nothing to do with looking something up",
    "greeting": "says hello",
    "thanks": "says thank you",
    "farewell": "says goodbye",
    "capabilities": "asks what the assistant can do",
    "identity": "asks who or what the assistant is",
    "praise": "likes an answer or a thing",
    "complaint": "is unhappy with an answer, or does not like a thing",
    "smalltalk": "chats about the day, feelings or the assistant's life",
    "declined": "asks for a task such as maths, code, medical or financial advice, booking or translating",
}
"""What each label means, for a model that is given no examples."""


class Sentence(NamedTuple):
    """One sentence and its label."""

    text: str
    label: str


class IntentSet(NamedTuple):
    """A labelled set in one language."""

    name: str
    language: Language
    taught: tuple[Sentence, ...]
    """What examples are drawn from."""
    asked: tuple[Sentence, ...]
    """What is asked; nothing of it is ever an example."""

    @property
    def labels(self) -> list[str]:
        """The labels in the order of the alphabet."""
        return sorted({one.label for one in self.asked})


class Drawn(NamedTuple):
    """A few examples a label, and what is asked."""

    examples: dict[str, list[str]]
    asked: list[Sentence]


def intent_sets(split: Split) -> list[IntentSet]:
    """Return the sets whose questions are of a split: where questions go (`cases/routes.yaml`), and small talk by intent."""
    return [one for language in LANGUAGES for one in (_routes(language, split), _talk(language, split))]


def drawn(found: IntentSet, count: int, seed: int) -> Drawn:
    """Draw so many examples of each label by chance, and of what else there is at most sixty to ask."""
    chance = np.random.default_rng(seed)
    taught, asked = _by_label(found.taught), _by_label(found.asked)
    examples = {label: [taught[label][at] for at in chance.permutation(len(taught[label]))[:count]] for label in asked}
    chosen = [
        Sentence(asked[label][at], label)
        for label in asked
        for at in chance.permutation(len(asked[label]))
        if asked[label][at] not in examples[label]
    ]
    kept: dict[str, list[Sentence]] = defaultdict(list)
    for one in chosen:
        kept[one.label].append(one)
    return Drawn(examples, [one for label in kept for one in kept[label][:_MOST_ASKED]])


def _routes(language: Language, split: Split) -> IntentSet:
    """Return questions that stand alone and go to one place; examples are always of the tune split."""
    cases = [one for one in load_cases("routes") if one.language == language and _alone(one)]
    taught, asked = (
        tuple(Sentence(one.text, one.routes[0]) for one in cases if one.split == wanted) for wanted in ("tune", split)
    )
    return IntentSet("routes", language, taught, asked)


def _alone(case: RouteCase) -> bool:
    return len(case.routes) == 1 and not (case.history or case.image or case.declined or case.ask_back)


def _talk(language: Language, split: Split) -> IntentSet:
    """Return what small talk is after, by `agent/local/router/examples.yaml`; halved by a hash of the text."""
    said = [
        Sentence(one.text, one.intent)
        for one in load_prototypes()
        if one.intent and detect_language(one.text) == language
    ]
    taught, asked = (tuple(one for one in said if _half(one.text) == wanted) for wanted in ("tune", split))
    enough = {label for label, texts in _by_label(taught).items() if len(texts) >= _FEWEST}
    kept = enough & {label for label, texts in _by_label(asked).items() if len(texts) >= _FEWEST // 2}
    return IntentSet("talk", language, *(tuple(one for one in part if one.label in kept) for part in (taught, asked)))


def _half(text: str) -> Split:
    return "test" if blake2b(text.encode(), digest_size=1).digest()[0] % 2 else "tune"


def _by_label(sentences: Sequence[Sentence]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in sentences:
        found[one.label].append(one.text)
    return dict(sorted(found.items()))
