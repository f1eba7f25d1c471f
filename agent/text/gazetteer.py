"""Words that tell what a question is about: cues, and slots that a follow-up may fill anew."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.resources import read_text, read_yaml

_HANGUL = re.compile(r"[가-힣]")
_PARTICLE = "은|는|이|가|을|를|로|으로|의|도|만|과|와|랑|이랑|에|에는|에도|엔|이나|나|용"
_ASKED_ABOUT = ("care", "how", "why", "what_is", "whether", "size", "fact")
"""Cues of a question about a thing rather than for one."""


class Slot(NamedTuple):
    """A word that another of its kind could replace."""

    kind: str
    """`season`, `colour`, `thing`, `material`, `audience`, `occasion`, `style`, `pattern`, `place` or `time`."""
    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Words:
    """The words of `gazetteer.yaml`, ready to be looked for."""

    slots: Mapping[str, re.Pattern[str]]
    cues: Mapping[str, re.Pattern[str]]

    def find(self, text: str, *kinds: str) -> list[Slot]:
        """Return the slots of a text in order, the longest where several begin; all kinds unless some are named."""
        found = [
            Slot(kind, match.start(), match.end(), match.group())
            for kind in kinds or self.slots
            for match in self.slots[kind].finditer(text)
        ]
        found.sort(key=lambda slot: (slot.start, -slot.end))
        return found

    def has(self, text: str, *names: str) -> bool:
        """Check whether any of these cues or kinds of slot is in the text."""
        return any((self.cues.get(name) or self.slots[name]).search(text) for name in names)

    def features(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text: 1 for each kind and cue that is there, and for what they say together."""
        rows = [self._row(text) for text in texts]
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), len(self._row("")))

    def _row(self, text: str) -> list[bool]:
        """Read one text; whether a thing is asked about or only named decides between knowledge and pieces."""
        there = {name: bool(found.search(text)) for name, found in [*self.slots.items(), *self.cues.items()]}
        asked = any(there[name] for name in _ASKED_ABOUT)
        piece = there["thing"]
        return [*there.values(), len(text) < 8, len(text.split()) <= 3, piece and asked, piece and not asked]


@cache
def load_words() -> Words:
    """Read `gazetteer.yaml`, once a process."""
    data = read_yaml(__package__, "gazetteer.yaml")
    return Words(
        slots={kind: _any_of(words) for kind, words in data["slots"].items()},
        cues={name: re.compile(pattern, re.IGNORECASE) for name, pattern in data["cues"].items()},
    )


def words_digest() -> str:
    """Name these words, so that what was read with others is told apart."""
    return hashlib.blake2b(read_text(__package__, "gazetteer.yaml").encode(), digest_size=16).hexdigest()


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Match any of the words: Korean ones anywhere, one-syllable ones alone, English ones whole and in their plural."""
    korean = [word for word in words if _HANGUL.search(word)]
    alone = _either([word for word in korean if len(word) == 1])
    anywhere = _either([word for word in korean if len(word) > 1])
    english = _either([word for word in words if not _HANGUL.search(word)])
    parts = [
        rf"(?:{anywhere})" if anywhere else "",
        rf"(?<![가-힣])(?:{alone})(?=(?:{_PARTICLE})?(?![가-힣]))" if alone else "",
        rf"\b(?:{english})(?:e?s)?\b" if english else "",
    ]
    return re.compile("|".join(part for part in parts if part), re.IGNORECASE)


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
