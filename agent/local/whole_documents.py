"""The documents that are read as a whole where passages did not answer: what a search finds are parts of them."""

from __future__ import annotations

import asyncio

from stylegraph.agent.acts import LookUp
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.clause_split import Asked, parts_of
from stylegraph.agent.local.items import is_item
from stylegraph.agent.local.reader.reader import Reader, Reading, document_of
from stylegraph.agent.state import AssistantState, Routing, current_routing
from stylegraph.agent.text.question_types import asked_of

_DOCUMENTS = "documents"
_MOST, _MOST_TOKENS = 2, 1_500
_REF = ("index", "source", "document")


class WholeDocuments:
    """Chooses the documents that the likeliest sentences are of.

    Args:
        reader: Reads what has been found.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def look_ups(self, state: AssistantState) -> list[LookUp]:
        """Return the look-ups that read them; none where documents were not asked, or have been read so already."""
        routing = current_routing(state)
        passages = [piece for piece in state.get("evidence", []) if piece["route"] == _DOCUMENTS and not is_item(piece)]
        done = any(finding["id"].startswith(f"{_DOCUMENTS}-whole") for finding in state.get("findings", []))
        if done or _DOCUMENTS not in routing["routes"] or not passages:
            return []
        parts = await asyncio.to_thread(parts_of, asked_of(_DOCUMENTS, routing), passages, state.get("findings", []))
        again = [
            one for one in parts if len(parts) < 2 or one.looked != 1
        ]  # a part that was not looked up again has an answer
        chosen = [
            (one, piece)
            for one in again
            for piece in likeliest(await self._reader.read(one.question, one.evidence), one.evidence)
        ]
        return [_whole(number, one, piece, routing) for number, (one, piece) in enumerate(chosen)]


def _whole(number: int, asked: Asked, piece: Evidence, routing: Routing) -> LookUp:
    return LookUp(
        id=f"{_DOCUMENTS}-whole-{number}",
        source=_DOCUMENTS,
        question=asked.question,
        queries=[asked.question],
        filters=routing["filters"].get(_DOCUMENTS, {}),
        k=len(asked.evidence),
        tool="read_document",
        arguments={
            "document": {"title": piece["title"], **{name: piece["data"][name] for name in _REF}},
            "max_tokens": _MOST_TOKENS,
            "score": 0.0,
        },
    )


def likeliest(reading: Reading, evidence: list[Evidence]) -> list[Evidence]:
    """Return a passage of each document that is worth reading, the likeliest first."""
    chosen: dict[str, Evidence] = {}
    for piece in sorted(evidence, key=lambda one: -reading.relevance[one["id"]]):
        if piece["data"].keys() >= set(_REF):
            chosen.setdefault(document_of(piece), piece)
    return list(chosen.values())[:_MOST]
