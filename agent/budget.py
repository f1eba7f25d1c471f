"""What a turn may spend, and what it has spent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, cast

from typing_extensions import TypedDict

from stylegraph.agent.evidence import Note
from stylegraph.agent.text.language import Language

ENDED = "budget_ended"
"""The code of the note that a part of the budget ended: the turn ends in `best_effort`."""
_ENDED: Mapping[Language, str] = {
    "ko": "이번 답변의 한도({part})에 도달했어요.",
    "en": "The budget of this turn ended ({part}).",
}
_PARTS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "seconds": "시간",
        "revisions": "다시 쓰기",
        "model_calls": "모델 호출",
        "tokens": "토큰",
        "dollars": "비용",
        "web_searches": "웹 검색",
    },
    "en": {
        "seconds": "time",
        "revisions": "revisions",
        "model_calls": "model calls",
        "tokens": "tokens",
        "dollars": "cost",
        "web_searches": "web searches",
    },
}


class Budget(TypedDict):
    """What one turn may spend at most. A budget that ends never raises: the turn ends in `best_effort`."""

    model_calls: int
    tokens: int
    dollars: NotRequired[float]
    """Of model calls whose price is known."""
    web_searches: int
    seconds: float
    revisions: int


class Charge(TypedDict):
    """One outside call that cost something."""

    kind: Literal["model", "web", "rerank"]
    """`rerank` only takes time: what a reranker calls has a charge of its own."""
    by: str
    """The decision or source that made it."""
    started: float
    """Seconds since the epoch."""
    ended: float
    tokens_in: int
    tokens_out: int
    tokens_cached: NotRequired[int]
    """Of those that went in: what the provider still knew."""
    tokens_reasoning: NotRequired[int]
    """Of those that came out: what the model thought unseen."""
    dollars: NotRequired[float | None]
    """None where nobody knows the model's price."""


class Spent(TypedDict):
    """What one turn has spent."""

    model_calls: int
    sequential_trips: int
    """The longest chain of model calls that waited for one another."""
    model: NotRequired[str]
    """The chat model that was chosen for the question."""
    tokens_in: int
    tokens_out: int
    tokens_cached: NotRequired[int]
    """Of those that went in: what the provider still knew."""
    tokens_reasoning: NotRequired[int]
    """Of those that came out: what models thought unseen."""
    dollars: NotRequired[float | None]
    """What the calls cost by the prices that are known; None where one of them has none."""
    web_searches: int
    seconds: float
    rerank_seconds: NotRequired[float]
    """Of those: what ordering evidence took, one source after another; only where there is a reranker."""
    revisions: int


def tally(ledger: Sequence[Charge], seconds: float, revisions: int) -> Spent:
    """Add up a turn's charges.

    Args:
        ledger: All charges of the turn, in any order.
        seconds: Wall time since the turn began.
        revisions: Revisions made so far.
    """
    calls = [charge for charge in ledger if charge["kind"] == "model"]
    ordering = [charge["ended"] - charge["started"] for charge in ledger if charge["kind"] == "rerank"]
    spent = Spent(
        model_calls=len(calls),
        sequential_trips=_longest_chain(calls),
        tokens_in=sum(charge["tokens_in"] for charge in calls),
        tokens_out=sum(charge["tokens_out"] for charge in calls),
        tokens_cached=sum(charge.get("tokens_cached", 0) for charge in calls),
        tokens_reasoning=sum(charge.get("tokens_reasoning", 0) for charge in calls),
        dollars=dollars_of(calls),
        web_searches=sum(charge["kind"] == "web" for charge in ledger),
        seconds=round(seconds, 3),
        revisions=revisions,
    )
    return Spent(**spent, rerank_seconds=round(sum(ordering), 3)) if ordering else spent


def dollars_of(calls: Sequence[Charge]) -> float | None:
    """Return what model calls cost; None where the price of one is not known."""
    prices = [charge.get("dollars") for charge in calls]
    return None if None in prices else round(sum(price for price in prices if price is not None), 6)


def exhausted(budget: Budget, spent: Spent) -> str | None:
    """Name the first part of the budget that is used up, or None while there is room for another revision.

    A turn that needs nothing of a part (a local turn, no model calls) is not ended by a limit of zero; revisions are.
    """
    used = {
        "seconds": spent["seconds"],
        "revisions": spent["revisions"],
        "model_calls": spent["model_calls"],
        "tokens": spent["tokens_in"] + spent["tokens_out"],
    }
    limits = cast(Mapping[str, float], budget)
    return next(
        (part for part, amount in used.items() if amount >= limits[part] and (amount > 0 or part == "revisions")), None
    )


def barring(budget: Budget, ledger: Sequence[Charge], seconds: float, calls: int = 1) -> str | None:
    """Name the part of the budget that leaves no room for so many more model calls, or None.

    Args:
        budget: What the turn may spend.
        ledger: What it has spent, calls in flight included.
        seconds: Wall time since the turn began.
        calls: How many calls there must be room for.
    """
    made = [charge for charge in ledger if charge["kind"] == "model"]
    tokens = sum(charge["tokens_in"] + charge["tokens_out"] for charge in made)
    if seconds >= budget["seconds"]:
        return "seconds"
    if len(made) + calls > budget["model_calls"]:
        return "model_calls"
    if (dollars_of(made) or 0.0) >= budget.get("dollars", math.inf):
        return "dollars"
    return "tokens" if tokens >= budget["tokens"] else None


def leaves_one_call(budget: Budget, ledger: Sequence[Charge], seconds: float) -> bool:
    """Check whether a budget has room for one more model call and, by what calls have cost so far, for no second one.

    Args:
        budget: What the turn may spend.
        ledger: What it has spent.
        seconds: Wall time since the turn began.
    """
    made = [charge for charge in ledger if charge["kind"] == "model"]
    tokens = [charge["tokens_in"] + charge["tokens_out"] for charge in made]
    dollars = [charge.get("dollars") or 0.0 for charge in made]
    longest = max((charge["ended"] - charge["started"] for charge in made), default=0.0)
    return (
        len(made) + 2 > budget["model_calls"]
        or seconds + 2 * longest >= budget["seconds"]
        or sum(tokens) + 2 * max(tokens, default=0) >= budget["tokens"]
        or sum(dollars) + 2 * max(dollars, default=0.0) >= budget.get("dollars", math.inf)
    )


def ended_note(part: str, language: Language) -> Note:
    """Return the note that says which part of the budget ended.

    Args:
        part: A field of `Budget`.
        language: The language of the question.
    """
    return Note(code=ENDED, text=_ENDED[language].format(part=_PARTS[language][part]))


def _longest_chain(calls: Sequence[Charge]) -> int:
    """Count the calls in the longest run of calls that do not overlap in time (interval scheduling)."""
    chain, free_at = 0, float("-inf")
    for call in sorted(calls, key=lambda call: call["ended"]):
        if call["started"] >= free_at:
            chain, free_at = chain + 1, call["ended"]
    return chain
