"""Which evidence a model reads, and in what order."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.state import AssistantState

_TOKENS = 6_000
"""What is read at most: a whole document of two dozen chunks."""
_IRRELEVANT = 0.1


def worth_reading(state: AssistantState) -> list[Evidence]:
    """Return the evidence that an answer is written from: not what was graded irrelevant, each web page once.

    Passages of one document follow one another as they do there; documents come in the order of their best passage.
    """
    relevance = state.get("relevance", {})
    relevant = [piece for piece in state.get("evidence", []) if relevance.get(piece["id"], 1.0) >= _IRRELEVANT]
    return _in_reading_order(_within(_each_page_once(relevant)))


def _each_page_once(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Leave out a web page's snippet once the page has been read in full."""
    longest: dict[str, Evidence] = {}
    for piece in evidence:
        if piece["route"] == "web" and piece["url"]:
            longest[piece["url"]] = max(longest.get(piece["url"], piece), piece, key=lambda one: len(one["text"]))
    return [piece for piece in evidence if piece["url"] not in longest or piece is longest[piece["url"]]]


def _within(evidence: Sequence[Evidence]) -> list[Evidence]:
    kept: list[Evidence] = []
    room = _TOKENS
    for piece in evidence:
        room -= estimated_tokens(piece["text"])
        if kept and room < 0:
            break
        kept.append(piece)
    return kept


def _in_reading_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    first = {_document(piece): place for place, piece in reversed(list(enumerate(evidence)))}
    return sorted(evidence, key=lambda piece: (first[_document(piece)], piece["locator"].get("start", 0)))


def _document(piece: Evidence) -> str:
    return str(piece["data"].get("document") or piece["url"] or piece["id"])
