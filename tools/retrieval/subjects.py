"""What a turn's pictures are about, as far as documents are concerned: whatever looked at them brings it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from stylegraph.agent.evidence import SourceTask


class Subject(Protocol):
    """What one picture shows."""

    @property
    def number(self) -> int:
        """Which of the turn's pictures it is, 1-based; 0 where there is one."""

    def is_named(self, query: str) -> bool:
        """Check whether a query is about it, rather than about a thing that the question names."""

    def asking(self, question: str) -> str:
        """Return the question with its name in it."""

    def rules_out(self, heading: str) -> bool:
        """Check whether what stands under a title or heading is about another thing. Blocking."""


Subjects = Callable[[SourceTask], Sequence[Subject]]
"""Returns what is shown by those pictures of a task that documents can be asked about."""


def no_subjects(task: SourceTask) -> Sequence[Subject]:
    """Return nothing: no pictures are understood."""
    return ()
