"""The sentences of a draft beside what they cite, and which of them code can't see to be so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.citations import claims as sentences_of
from stylegraph.agent.citations import without_markers
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.figures import Stated, are_borne, digits
from stylegraph.agent.llm.prompts import shared_features
from stylegraph.agent.local.items import is_item
from stylegraph.agent.local.support.likelihoods import Likelihoods
from stylegraph.agent.local.support.passages import passage_of
from stylegraph.agent.local.support.senses import differ
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.state import AssistantState, Draft

_PLAINLY = 0.8
"""Share of a sentence's features in what it cites at which code sees that it is borne."""
_UNLIKE = 0.3
"""How likely what is cited bears a sentence, at least, for it not to be doubted."""
_BULLET = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")


class Claim(NamedTuple):
    """A sentence of a draft and what it cites."""

    number: int
    """1-based."""
    text: str
    """Without markers and the sign of a list."""
    citations: list[int]
    """Their numbers in the draft, 1-based."""
    quotes: list[str]
    items: list[str]
    """The items whole that it cites."""

    @property
    def cited(self) -> str:
        """All that it cites."""
        return " ".join([*self.quotes, *self.items])

    @property
    def is_plain(self) -> bool:
        """Whether code sees that it is borne: what it cites has its words, numbers and sense."""
        features = shared_features(self.text)
        if not features or not digits(self.text) <= digits(self.cited):
            return False
        if differ(self.text, " ".join(self.quotes)):
            return False
        return len(features & shared_features(self.cited)) >= _PLAINLY * len(features)


def claims_of(draft: Draft, evidence: Sequence[Evidence]) -> list[Claim]:
    """Return the sentences of a draft, in order; a block of code is none."""
    known = {found["id"]: found for found in evidence}
    return [
        _claim(number, text, numbers, draft, known)
        for number, (text, numbers) in enumerate(sentences_of(draft["text"]), start=1)
    ]


def _claim(number: int, text: str, numbers: Sequence[int], draft: Draft, known: Mapping[str, Evidence]) -> Claim:
    places = [place for place in numbers if 0 < place <= len(draft["citations"])]
    cited = [draft["citations"][place - 1] for place in places]
    found = [known[one["evidence"]] for one in cited if one["evidence"] in known]
    items = [one["text"] for one in found if is_item(one)]
    return Claim(number, _BULLET.sub("", without_markers(text)), places, [one["quote"] for one in cited], items)


class Doubts:
    """Finds out without a model whether a draft says what its sources may not: then it pays to ask one.

    Args:
        embedder: Compares words and sentences by meaning.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._likelihoods = Likelihoods(embedder)

    async def about(self, state: AssistantState) -> bool:
        """Check whether a draft has a figure that stands nowhere, a sentence unlike what it cites, or cites nothing found."""
        draft, evidence = state["draft"], state.get("evidence", [])
        if evidence and not draft["citations"]:
            return True
        has_strange_figures, unclear = await asyncio.to_thread(_seen_by_code, state)
        if has_strange_figures:
            return True
        for claim in unclear:
            likely, _ = await self._likelihoods.borne(claim.text, [passage_of(text) for text in claim.quotes])
            if likely < _UNLIKE:
                return True
        return False


def _seen_by_code(state: AssistantState) -> tuple[bool, list[Claim]]:
    """Return whether a figure stands nowhere, and the sentences on texts of which code sees no more than that."""
    evidence = state.get("evidence", [])
    claims = claims_of(state["draft"], evidence)
    told = " ".join(message.text for message in state["messages"])
    found = " ".join([told, *(one["text"] for one in evidence)])
    stated = [Stated(one.text, one.cited if one.citations else found, bool(one.citations)) for one in claims]
    return not are_borne(stated, told), [
        one for one in claims if len(one.items) < len(one.citations) and not one.is_plain
    ]
