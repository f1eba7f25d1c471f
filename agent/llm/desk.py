"""What lies before a chat model in one visit: the passages by their numbers, and what it knows without looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.links import addresses_in, links_in
from stylegraph.agent.llm.drafts import Reading
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState


@dataclass(frozen=True)
class Desk:
    """What lies before a model.

    Args:
        settings: What the date is, and how much is read.
        reading: The passages, and the addresses that a draft may name.
        shown: How many passages lay there before anything was looked up: what the person saw last, and pictures.
        holds: Source -> what it holds now.
    """

    settings: Settings
    reading: Reading
    shown: int
    holds: Mapping[str, str]

    @property
    def passages(self) -> Sequence[Evidence]:
        """The evidence by its numbers."""
        return self.reading.passages

    @classmethod
    def of(cls, state: AssistantState, holds: Mapping[str, str], settings: Settings) -> Desk:
        """Lay out what a turn has: passages keep the numbers that they were shown under."""
        by_id = {piece["id"]: piece for piece in state.get("evidence", [])}
        found = [identity for finding in state.get("findings", []) for identity in finding["evidence"]]
        before = state.get("passages") or [identity for identity in by_id if identity not in found]
        passages = [by_id[one] for one in dict.fromkeys([*before, *found]) if one in by_id]
        shown = next((place for place, piece in enumerate(passages) if piece["id"] in found), len(passages))
        return cls(settings, _reading(state, passages), shown, holds)


def _reading(state: AssistantState, passages: Sequence[Evidence]) -> Reading:
    given = [address for message in state["messages"] for address in addresses_in(message.text)]
    return Reading(passages, links_in(passages) | frozenset(given), state["turn"]["language"])
