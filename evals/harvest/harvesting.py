"""Verdicts -> cases: redacted, each question once, with the evidence that was found then."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz

from stylegraph.agent.text.language import detect_language
from stylegraph.agent.verdicts import Verdict
from stylegraph.evals.harvest.cases import Found, HarvestedCase
from stylegraph.evals.tuning.personal import without_personal

_ALIKE = 90.0
"""Percent of a question's words from which on two ask the same (rapidfuzz, words in any order)."""
_MOST_EVIDENCE = 12
_TEXTS = ("documents", "web")
"""What is found there is known by its text alone."""


def harvested(verdicts: Sequence[Verdict], known: Sequence[HarvestedCase] = ()) -> list[HarvestedCase]:
    """Return the cases that are new.

    Args:
        verdicts: What people disliked.
        known: The cases that there are already: labelled ones stay as they are.
    """
    found: list[HarvestedCase] = []
    for verdict in verdicts:
        case = case_of(verdict)
        if not any(_asks_the_same(case, other) for other in (*known, *found)):
            found.append(case)
    return found


def case_of(verdict: Verdict) -> HarvestedCase:
    """Return a turn as a case, without whose it was and without what names people."""
    reply: dict[str, Any] = verdict["reply"]
    question, earlier = without_personal(verdict["question"]), [without_personal(one) for one in verdict["earlier"]]
    digest = hashlib.blake2b("\x1f".join([*earlier, question]).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return HarvestedCase(
        id=f"h-{detect_language(question)}-{digest}",
        earlier=earlier,
        question=question,
        why="regenerated" if verdict["rating"] == "again" else "disliked",
        complaint=without_personal(verdict["reason"]),
        better=without_personal(verdict.get("better", "")),
        answered=without_personal(reply["text"]),
        routes=list(reply["routes"]),
        evidence=[_frozen(one) for one in reply["evidence"][:_MOST_EVIDENCE]],
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
