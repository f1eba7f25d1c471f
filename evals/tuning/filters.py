"""Which examples are worth learning from; each that is not has its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from datasketch import MinHash, MinHashLSH

from stylegraph.evals.tuning.examples import Example

_SHINGLE = 3
_HASHES = 128
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<!\d)01[016789][-. ]?\d{3,4}[-. ]?\d{4}(?!\d)"
    r"|(?<!\d)\+\d{1,3}[-. ]?\d{1,4}(?:[-. ]?\d{3,4}){2}(?!\d)"
    r"|(?<!\d)\d{6}-[1-8]\d{6}(?!\d)"
    r"|(?<!\d)(?:\d{4}[- ]){3}\d{4}(?!\d)"
)
"""An address of mail, a phone number, a Korean resident's number, a card's number."""


@dataclass(frozen=True)
class Limits:
    """What an example must keep to."""

    least_grounded: float = 1.0
    shortest: int = 10
    """Characters of an answer."""
    longest: int = 4_000
    alike: float = 0.8
    """Jaccard similarity of character trigrams at which two questions and answers are near-duplicates (Broder 1997)."""


def sifted(
    examples: Iterable[Example], held_out: Sequence[str], limits: Limits | None = None
) -> Iterator[tuple[Example, str | None]]:
    """Give each example with the reason that it is left out for; None: it is kept.

    Args:
        examples: In the order in which the first of near-duplicates is kept.
        held_out: Questions of the test split: whatever is like one of them is left out.
        limits: What must be kept to.
    """
    limits = limits or Limits()
    test, kept = Alike(limits.alike), Alike(limits.alike)
    for question in held_out:
        test.add(question)
    for example in examples:
        reason = _reason(example, limits) or ("in the test split" if test.has(example.question) else None)
        whole = f"{example.question}\n{example.answer}"
        if reason is None and kept.has(whole):
            reason = "near-duplicate"
        if reason is None:
            kept.add(whole)
        yield example, reason


def _reason(example: Example, limits: Limits) -> str | None:
    length = len(example.answer)
    checks: dict[str, Callable[[], bool]] = {
        "not graded good": lambda: not example.answered,
        "not grounded": lambda: example.grounded < limits.least_grounded,
        "another language": lambda: not example.in_language,
        "too short": lambda: length < limits.shortest,
        "too long": lambda: length > limits.longest,
        "personal data": lambda: any(is_personal(message.content) for message in example.messages),
    }
    return next((name for name, fails in checks.items() if fails()), None)


def is_personal(text: str) -> bool:
    """Say whether a text holds an address of mail, or the number of a phone, a resident or a card."""
    return bool(_PERSONAL.search(text))


class Alike:
    """Texts, and whether another is nearly one of them (MinHash with locality-sensitive hashing, by datasketch)."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._near = MinHashLSH(threshold=threshold, num_perm=_HASHES)
        self._count = 0
        self._sketches: dict[str, MinHash] = {}

    def add(self, text: str) -> None:
        """Remember a text."""
        name = str(self._count)
        self._count += 1
        self._sketches[name] = _sketch(text)
        self._near.insert(name, self._sketches[name])

    def has(self, text: str) -> bool:
        """Say whether a text is nearly one that is remembered."""
        sketch = _sketch(text)
        return any(sketch.jaccard(self._sketches[name]) >= self._threshold for name in self._near.query(sketch))


def _sketch(text: str) -> MinHash:
    plain = " ".join(text.casefold().split())
    sketch = MinHash(num_perm=_HASHES)
    sketch.update_batch(
        [plain[start : start + _SHINGLE].encode() for start in range(max(1, len(plain) - _SHINGLE + 1))]
    )
    return sketch
