"""The pool of questions that grows: seeds, what was generated, and what may join them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from rapidfuzz import process
from rapidfuzz.distance import Indel

from stylegraph.agent.errors import InputError
from stylegraph.agent.text.language import LANGUAGES, Language, detect_language
from stylegraph.agent.text.resources import parse_yaml
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.evals.tuning.alike import Alike
from stylegraph.evals.tuning.personal import is_personal

Route = Literal["documents", "web", "fashion", "image", "chat"]
ROUTES: tuple[Route, ...] = get_args(Route)
TOO_LIKE = 0.7
"""ROUGE-L with any question of the pool from which one is too like it (Wang et al. 2023)."""
_SHORTEST, _LONGEST = 4, 300
_TEST_ALIKE = 0.8


class Class(NamedTuple):
    """What the pool is balanced over."""

    route: Route
    language: Language


class Pair(BaseModel):
    """A question with an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str


class Generated(Pair):
    """A pair that a model wrote: a line of the file."""

    id: str
    route: Route
    language: Language
    model: str


class Pool:
    """Seeds and generated pairs, and whether another one is new.

    Args:
        seeds: By class.
        generated: What was generated before.
        held_out: Questions of the test splits, which nothing in the pool may be like.
    """

    def __init__(
        self, seeds: dict[Class, list[Pair]], generated: Iterable[Generated], held_out: Sequence[str] = ()
    ) -> None:
        self.seeds = seeds
        self.generated: dict[Class, list[Generated]] = {one: [] for one in seeds}
        self._words = [_words(pair.question) for pairs in seeds.values() for pair in pairs]
        self._test = Alike(_TEST_ALIKE)
        for question in held_out:
            self._test.add(question)
        for pair in generated:
            self.add(pair)

    @property
    def size(self) -> int:
        """How many were generated."""
        return sum(map(len, self.generated.values()))

    def add(self, pair: Generated) -> None:
        """Take a pair in."""
        self.generated[Class(pair.route, pair.language)].append(pair)
        self._words.append(_words(pair.question))

    def refusal(self, pair: Pair, wanted: Class) -> str | None:
        """Return why a pair may not join; None: it may."""
        question, answer = pair.question.strip(), pair.answer.strip()
        if not _SHORTEST <= len(question) <= _LONGEST or len(answer) < _SHORTEST:
            return "too short or too long"
        if detect_language(question) != wanted.language or detect_language(answer) != wanted.language:
            return "another language"
        if is_personal(question) or is_personal(answer):
            return "personal data"
        if self._test.has(question):
            return "in the test split"
        return f"like one in the pool (ROUGE-L {TOO_LIKE} or more)" if self.nearest(question) >= TOO_LIKE else None

    def nearest(self, question: str) -> float:
        """Return the highest ROUGE-L of a question with any of the pool, 0..1."""
        found = process.extractOne(_words(question), self._words, scorer=Indel.normalized_similarity, processor=None)
        return float(found[1]) if found else 0.0


def rouge_l(one: str, other: str) -> float:
    """Return ROUGE-L (Lin 2004), F of the longest common subsequence of words: Korean morphemes, English stems.

    Indel similarity, 2 LCS / (m + n), is that F; rapidfuzz takes any words, where rouge-score knows English ones only.
    """
    return float(Indel.normalized_similarity(_words(one), _words(other)))


def read_seeds(path: Path | None = None) -> dict[Class, list[Pair]]:
    """Read seeds by class; the shipped ones unless a file is named.

    Raises:
        InputError: The file can't be used.
    """
    text = path.read_text(encoding="utf-8") if path else files(__package__).joinpath("seeds.yaml").read_text("utf-8")
    try:
        read = TypeAdapter(dict[Route, dict[Language, list[Pair]]]).validate_python(parse_yaml(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise InputError(
            f"{path} can't be used as seeds: {str(error).splitlines()[0]}.",
            "It holds route -> language -> a list of {question, answer}, as evals/tuning/seeds.yaml does.",
        ) from None
    return {Class(route, language): pairs for route, each in read.items() for language, pairs in each.items() if pairs}


def read_generated(path: Path) -> list[Generated]:
    """Read what was generated before; the beginning of a line that a crash left is cut off the file.

    Raises:
        InputError: The file holds something else.
    """
    if not path.exists():
        return []
    whole = path.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    if kept != whole:
        path.write_bytes(kept)
    try:
        return [Generated.model_validate(json.loads(line)) for line in kept.decode("utf-8").splitlines() if line]
    except ValueError as error:
        raise InputError(
            f"{path} holds something else than generated questions: {str(error).splitlines()[0]}.", "Name another file."
        ) from None


def balanced(pool: Pool, left: Iterable[Class]) -> Class:
    """Return the class of which there is least, of those that are left."""
    order = {one: place for place, one in enumerate(_all_classes())}
    return min(left, key=lambda one: (len(pool.generated[one]), order[one]))


@cache
def _all_classes() -> tuple[Class, ...]:
    return tuple(Class(route, language) for route in ROUTES for language in LANGUAGES)


@cache
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a question; its characters where it has none that tell."""
    return tuple(tokenize(text)) or tuple(text)
