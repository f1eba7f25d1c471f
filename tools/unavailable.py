"""What is not set up or can't be opened: it takes its place in the graph and says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stylegraph.agent.errors import SourceError, StylegraphError
from stylegraph.agent.evidence import Gathered, Note, SourceTask
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import Language

_NO_PICTURES: Mapping[Language, str] = {
    "ko": "이 도우미는 사진을 볼 수 없어서 글로만 답했어요.",
    "en": "This assistant does not look at pictures, so the words alone were answered.",
}


class Blind:
    """Stands where pictures would be looked at, in an assistant that has nothing to look with."""

    async def look(self, state: AssistantState) -> dict[str, Any]:
        """Return a note that says so."""
        return {"notes": [Note(code="image_unavailable", text=_NO_PICTURES[state["turn"]["language"]])]}


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
    recommends: bool = False

    async def gather(self, state: SourceTask) -> Gathered:
        """Fail with the reason why it can't be opened.

        Raises:
            SourceError: Always.
        """
        raise SourceError(self.error.message, self.error.remedy) from self.error
