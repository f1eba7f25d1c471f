"""The documents that are read as a whole where passages did not answer: what a search finds are parts of them."""

from __future__ import annotations

from stylegraph.agent.acts import LookUp
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.items import is_item
from stylegraph.agent.local.reader.reader import Reader, Reading, document_of
from stylegraph.agent.state import AssistantState, current_routing

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
        question = routing["question"]
        chosen = likeliest(await self._reader.read(question, passages), passages)
        return [
            LookUp(
                id=f"{_DOCUMENTS}-whole-{number}",
                source=_DOCUMENTS,
                question=question,
                queries=[question],
                filters=routing["filters"].get(_DOCUMENTS, {}),
                k=len(passages),
                tool="read_document",
                arguments={
                    "document": {"title": piece["title"], **{name: piece["data"][name] for name in _REF}},
                    "max_tokens": _MOST_TOKENS,
                    "score": 0.0,
                },
            )
            for number, piece in enumerate(chosen)
        ]


def likeliest(reading: Reading, evidence: list[Evidence]) -> list[Evidence]:
    """Return a passage of each document that is worth reading, the likeliest first."""
    chosen: dict[str, Evidence] = {}
    for piece in sorted(evidence, key=lambda one: -reading.relevance[one["id"]]):
        if piece["data"].keys() >= set(_REF):
            chosen.setdefault(document_of(piece), piece)
    return list(chosen.values())[:_MOST]
