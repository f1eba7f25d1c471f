"""A dialogue with a stylist, read as a wish: who says what, what is refused, and what is said later and so outweighs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.items.word_files import character_words
from stylegraph.tools.fashion.outfits.rules import Asked, asked_of, joined
from stylegraph.tools.fashion.query.lexicon import normalise

_LABEL = re.compile(r"(?:^|(?<=\s))[<\[(]?(?P<who>[^\W\d_]{1,12})[>\])]?\s?[:：>\]]\s*", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+|,\s+")
_AND_THEN = re.compile(r"(?<=말고|지만|니까)\s+|(?<=[싫아없]고)\s+|(?<=는데|은데|인데)\s+|,?\s+(?=but\b)")
_OBJECTING_WORDS = 4
"""Words that a refusal of what was just proposed has at most: "그건 별로예요"."""
_ASKED, _PROPOSED, _TAKEN = 0.25, 0.5, 0.75
"""What the stylist's words weigh beside the client's: a question, a statement, and what the client agreed to or let stand."""
_EARLIEST = 0.7
"""What the first turn weighs beside the last."""


@dataclass(frozen=True)
class Clause:
    """A part of a turn that says one thing."""

    text: str
    weight: float
    refused: bool
    """Whether it says what is not wanted."""
    matter: str
    """What it is about: the text, without the words that refuse."""


@dataclass(frozen=True)
class Turn:
    """What one of the two said at once."""

    text: str
    by_stylist: bool


def turns_of(text: str) -> list[Turn]:
    """Return the turns of a dialogue: a line each, or what stands behind a speaker's label ("손님: ...", "<CO> ...")."""
    marks = [mark for mark in _LABEL.finditer(text) if _speaker(mark["who"])]
    if not marks:
        return [Turn(line.strip(), False) for line in text.splitlines() if line.strip()]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    turns = [Turn(text[: marks[0].start()].strip(), False)]
    turns += [Turn(text[mark.end() : end].strip(), _speaker(mark["who"]) == "stylist")
              for mark, end in zip(marks, ends, strict=True)]  # fmt: skip
    return [turn for turn in turns if turn.text]


def _speaker(label: str) -> str:
    known = character_words()["speakers"]
    return next((role for role, names in known.items() if label.lower() in names), "")


@lru_cache(maxsize=256)
def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return what a dialogue says, clause by clause, each with its weight."""
    turns = turns_of(text)
    found: list[Clause] = []
    for at, turn in enumerate(turns):
        late = _EARLIEST + (1 - _EARLIEST) * (at + 1) / len(turns)
        answer = turns[at + 1] if turn.by_stylist and at + 1 < len(turns) else None
        turned_down = answer is not None and _objects(answer)
        found += [Clause(one.text, late * one.weight, one.refused != turned_down, one.matter)
                  for one in _clauses(turn, answer)]  # fmt: skip
    return tuple(found)


def _clauses(turn: Turn, answer: Turn | None) -> Iterator[Clause]:
    for part in (part for sentence in _SENTENCE.split(turn.text) for part in _AND_THEN.split(sentence)):
        if words := part.strip():
            matter = _refusing().sub(" ", normalise(words)).strip()
            refused = matter != normalise(words)
            share = 1.0 if not turn.by_stylist else _ASKED if words.endswith("?") and answer is None else (
                _TAKEN if answer is not None and not words.endswith("?") else _PROPOSED)  # fmt: skip
            yield Clause(words, share, refused, matter if refused and matter else words)


def _objects(turn: Turn) -> bool:
    """Check whether a turn begins by turning down what was proposed, in few words of its own."""
    first = next(iter(_SENTENCE.split(turn.text)), "")
    return len(first.split()) <= _OBJECTING_WORDS and bool(_refusing().search(normalise(first)))


@cache
def _refusing() -> re.Pattern[str]:
    """Return the pattern of the words that refuse, as the grammar of wishes has them."""
    grammar = read_yaml("stylegraph.tools.fashion", "words/grammar.yaml")
    behind = [word for word in grammar["not_after"] if word.rstrip("~") not in character_words()["not_refusing"]]
    korean = "|".join(sorted((re.escape(word.rstrip("~")) for word in behind), key=len, reverse=True))
    english = "|".join(sorted(map(re.escape, grammar["not_en"]), key=len, reverse=True))
    return re.compile(rf"(?:^|(?<=\s))(?:{korean})[가-힣]*|(?<![a-z'])(?:{english})(?![a-z])")


@lru_cache(maxsize=256)
def asked_in(text: str) -> Asked:
    """Return what a dialogue asks of an outfit: turn by turn, where what is said later wins."""
    turns = turns_of(text)
    if len(turns) < 2:
        return asked_of(text)
    said: list[Asked] = []
    for at, turn in enumerate(turns):
        read = asked_of(turn.text)
        if turn.by_stylist:
            read = _proposal(read, turns[at + 1 : at + 2])
        said.append(read)
    return joined(said)


def _proposal(read: Asked, answers: Sequence[Turn]) -> Asked:
    """Return what a stylist's turn adds: what is proposed, unless it is a choice of several or the client turns it down."""
    one = {name: values for name, values in read.wanted.items() if len(values) == 1}
    if answers and _objects(answers[0]):
        return Asked(excluded={name: values for name, values in one.items() if name in _OF_PIECES})
    return Asked(wanted=one, seasons=read.seasons)


_OF_PIECES = frozenset({"category", "colours", "pattern", "material", "sleeve"})
