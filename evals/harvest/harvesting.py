"""Turns -> cases: redacted, each question once, with the evidence that was found then."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from rapidfuzz import fuzz

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harvest.cases import Found, HarvestedCase
from stylegraph.evals.harvest.turns import HarvestedTurn
from stylegraph.evals.tuning.personal import without_personal

_ALIKE = 90.0
"""Percent of a question's words from which on two ask the same (rapidfuzz, words in any order)."""
_MOST_EVIDENCE = 12
_TEXTS = ("documents", "web")
"""What is found there is known by its text alone."""


def harvested(turns: Iterable[HarvestedTurn], known: Sequence[HarvestedCase] = ()) -> list[HarvestedCase]:
    """Return the cases that are new.

    Args:
        turns: What people disliked or asked for again, and what failed; of two that ask the same the first counts.
        known: The cases that there are already: labelled ones stay as they are.
    """
    found: list[HarvestedCase] = []
    for turn in turns:
        case = case_of(turn)
        if not any(_asks_the_same(case, other) for other in (*known, *found)):
            found.append(case)
    return found


def case_of(turn: HarvestedTurn) -> HarvestedCase:
    """Return a turn as a case, without whose it was and without what names people."""
    question, earlier = without_personal(turn.question), [without_personal(one) for one in turn.earlier]
    digest = hashlib.blake2b("\x1f".join([*earlier, question]).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return HarvestedCase(
        id=f"h-{detect_language(question)}-{digest}",
        earlier=earlier,
        question=question,
        why=turn.why,
        complaint=without_personal(turn.complaint),
        better=without_personal(turn.better),
        answered=without_personal(turn.reply["text"]),
        routes=list(turn.reply["routes"]),
        evidence=[_frozen(one) for one in turn.reply["evidence"][:_MOST_EVIDENCE]],
    )


def _frozen(evidence: dict[str, Any]) -> Found:
    title, text = without_personal(evidence["title"]), without_personal(evidence["text"])
    data = {} if evidence["route"] in _TEXTS else evidence["data"]
    return Found(route=evidence["route"], title=title, text=text, url=evidence["url"], data=data)


def _asks_the_same(one: HarvestedCase, other: HarvestedCase) -> bool:
    if one.id == other.id:
        return True
    return len(one.earlier) == len(other.earlier) and all(
        fuzz.token_sort_ratio(mine.lower(), theirs.lower()) >= _ALIKE
        for mine, theirs in zip([*one.earlier, one.question], [*other.earlier, other.question], strict=True)
    )
