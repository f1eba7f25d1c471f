"""Which examples are worth learning from; each that is not has its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stylegraph.evals.tuning.alike import Alike
from stylegraph.evals.tuning.examples import Example
from stylegraph.evals.tuning.personal import is_personal


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
    """Return each example with the reason that it is left out for; None: it is kept.

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
