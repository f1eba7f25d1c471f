"""What is not set up or can't be opened: it takes its place in the graph and says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stylegraph.agent.errors import SourceError, StylegraphError
from stylegraph.agent.evidence import Gathered, Note, SourceTask
from stylegraph.agent.text.language import Language


@dataclass(frozen=True)
class Unavailable:
    """Stands where a source would be, so that a question routed there gets an honest note instead of silence."""

    name: str
    node: str
    description: str
    remedy: Mapping[Language, str]
    """What is missing and how to set it up, for people."""
    examples: Sequence[str] = ()

    async def gather(self, state: SourceTask) -> Gathered:
        """Return no evidence, and a note that says why."""
        return Gathered(notes=[Note(code=f"{self.name}_unavailable", text=self.remedy[state["language"]])])


@dataclass(frozen=True)
class Broken:
    """Stands where a source would be that can't be opened, so that only questions that go there learn of it."""

    name: str
    node: str
    description: str
    error: StylegraphError
    examples: Sequence[str] = ()

    async def gather(self, state: SourceTask) -> Gathered:
        """Say why it can't be opened.

        Raises:
            SourceError: Always.
        """
        raise SourceError(self.error.message, self.error.remedy) from self.error
