"""Recommended items as a list that reads: name, price, why, and what they miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.router.second_intents import asks_for_pieces
from stylegraph.agent.local.templates import phrase
from stylegraph.agent.reply import ItemSet, Reason, Recommendation
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.patterns import tells

_MOST = 6
_FEWEST_ALIKE = 2
"""Items from which on what they have in common is told once."""


def is_item(piece: Evidence) -> bool:
    """Check whether evidence is an item to recommend rather than text to quote."""
    return "item" in piece["data"] and "name" in piece["data"]


def item_relevance(piece: Evidence) -> float:
    """Grade an item by the conditions that it meets and those it misses."""
    met, missed = len(piece["data"].get("reasons", [])), len(piece["data"].get("missed", []))
    return met / (met + missed) if met + missed else piece["score"]


def recommendations(evidence: Sequence[Evidence]) -> list[Recommendation]:
    """Return the items as recommendations, the best first: as many as a source says were asked for, else at most six."""
    most = max([_MOST, *(int(piece["data"].get("asked_for") or 0) for piece in evidence)])
    return [_recommendation(piece) for piece in evidence if is_item(piece)][:most]


def lead_of(evidence: Sequence[Evidence]) -> str:
    """Return the sentence in which a source says how well its items meet what was asked; empty where it says none."""
    return next((str(piece["data"]["lead"]) for piece in evidence if piece["data"].get("lead")), "")


def asked_about(evidence: Sequence[Evidence], question: str) -> Evidence | None:
    """Return the item that a question names, when it wants to know more of it rather than others like it."""
    named = [piece for piece in evidence if is_item(piece) and piece["data"]["name"].lower() in question.lower()]
    return (
        named[0] if len(named) == 1 and not tells("pieces_wanted", question) and not asks_for_pieces(question) else None
    )


def present(items: Sequence[Recommendation], language: Language, *, numbered: bool = True) -> list[str]:
    """Write one line an item, and before them what is true of all alike."""
    shared = [*_shared(items), *_within_price(items)]
    lines = [_line(item, language, shared) for item in items]
    shared = [text for text in shared if text in _shared(items)]
    if numbered:
        lines = [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
    return [phrase(language, "in_common", reasons=_sentences(shared)), *lines] if shared else lines


def present_set(made: ItemSet, language: Language) -> list[str]:
    """Write one line a piece, with where it is worn, and then what holds for the whole."""
    lines = [
        f"{number}. {_line(piece.item, language, [], f'{piece.label}: ')}"
        for number, piece in enumerate(made.pieces, start=1)
    ]
    return [*lines, _sentences([reason.text for reason in made.reasons])]


def _shared(items: Sequence[Recommendation]) -> list[str]:
    """Return the reasons that every one of several items has."""
    if len(items) < _FEWEST_ALIKE:
        return []
    first, *others = [[reason.text for reason in item.reasons] for item in items]
    return [text for text in first if all(text in texts for texts in others)]


def _within_price(items: Sequence[Recommendation]) -> list[str]:
    """Return what is said of prices where all of several items are within what was asked: their prices stand beside them."""
    told = [[reason.text for reason in item.reasons if reason.field == "price_krw"] for item in items]
    return [text for texts in told for text in texts] if len(items) >= _FEWEST_ALIKE and all(told) else []


def _line(item: Recommendation, language: Language, shared: Sequence[str], lead: str = "") -> str:
    price = item.price or ("" if item.price_krw is None else f"{item.price_krw:,}")
    kind = "item_shown" if item.price else "item_price" if price else "item"
    head = phrase(language, kind, name=item.name, price=price)
    why = _sentences([reason.text for reason in item.reasons if reason.text not in shared])
    missed = phrase(language, "missed", missed=", ".join(item.missed)) if item.missed else ""
    return " — ".join([head, lead + " ".join(part for part in (why, missed) if part)]) if why or missed else head


def _sentences(texts: Sequence[str]) -> str:
    return " ".join(_stopped(text) for text in texts)


def _stopped(text: str) -> str:
    """End a reason with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _recommendation(piece: Evidence) -> Recommendation:
    data: Mapping[str, Any] = piece["data"]
    item = data["item"]
    return Recommendation(
        id=str(item["id"] if isinstance(item, Mapping) else item),
        name=str(data["name"]),
        reasons=[Reason(field=str(reason["field"]), text=str(reason["text"])) for reason in data.get("reasons", [])],
        price_krw=data.get("price_krw"),
        price=data.get("price"),
        image=data.get("image"),
        url=data.get("url"),
        swatches=data.get("swatches", []),
        inferred=[str(inferred) for inferred in data.get("inferred", [])],
        missed=[str(missed) for missed in data.get("missed", [])],
    )


def item_set_in(state: AssistantState) -> ItemSet | None:
    """Return the set of items that a source found this turn, if one did."""
    found = (one for one in state.get("artifacts", {}).values() if one.get("kind") == "item_set")
    return next((ItemSet.model_validate(one) for one in found), None)
