"""The garments in a turn's pictures, as documents are asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stylegraph.agent.evidence import SourceTask
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.vision.evidence_filter import is_about_another
from stylegraph.tools.fashion.vision.look import Look, looks_in
from stylegraph.tools.fashion.vision.query_rewriting import asking_of, is_named

_ROUTE = "documents"


@dataclass(frozen=True)
class Garment:
    """A `Subject`: the garment that one picture shows."""

    look: Look
    language: Language

    @property
    def number(self) -> int:
        """Which of the turn's pictures it is, 1-based; 0 where there is one."""
        return self.look.get("number", 0)

    def is_named(self, query: str) -> bool:
        """Check whether a query is about it, rather than about a thing that the question names."""
        return is_named(self.look, _ROUTE, [query], self.language)

    def asking(self, question: str) -> str:
        """Return the question with its name in it."""
        return asking_of(self.look, _ROUTE, question, self.language)

    def rules_out(self, heading: str) -> bool:
        """Check whether what stands under a title or heading is about another garment. Blocking: it may load words."""
        return is_about_another(self.look, heading)


def garments(task: SourceTask) -> Sequence[Garment]:
    """Return the garments that a task's pictures show."""
    return [Garment(look, task["language"]) for look in looks_in(task) if look["verdict"] == "garment"]
