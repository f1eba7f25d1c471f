"""Which of several drafts a turn ends with."""

from __future__ import annotations

from typing import Any

from stylegraph.agent.state import AssistantState

_GROUNDED = 0.6
"""Share of a draft that must be borne by evidence for it to win by what it answers."""


def best_draft(state: AssistantState) -> dict[str, Any]:
    """Return the better of the present draft and the best one before it, each with its grade.

    The one that answers most wins, if enough of it is grounded. Where both answer as much, the newer one wins unless it
    says less: fewer supported sentences without being better grounded.
    """
    present: dict[str, Any] = {"draft": state["draft"], "grade": state.get("grade")}
    before = state.get("best")
    if before is None or not before["grade"]:
        return present
    if present["grade"] is None:
        return before
    return present if _is_better(present["grade"], before["grade"]) else before


def is_stuck(state: AssistantState) -> bool:
    """Check whether a model's mended draft earned the very complaint that it was to mend: it won't do better by another."""
    before, now = (state.get("best") or {}).get("grade"), state.get("grade")
    return bool(state.get("working") and before and now) and _complaint(before) == _complaint(now)


def _complaint(grade: dict[str, Any] | None) -> tuple[list[str], list[str]]:
    sentences = grade["sentences"] if grade else []
    return [one["text"] for one in sentences if not one["supported"]], grade["missing"] if grade else []


def _is_better(newer: dict[str, Any], older: dict[str, Any]) -> bool:
    ranks = _rank(newer), _rank(older)
    if ranks[0] != ranks[1]:
        return ranks[0] > ranks[1]
    return newer["grounded"] > older["grounded"] or _supported(newer) >= _supported(older)


def _rank(grade: dict[str, Any]) -> tuple[bool, bool, bool, float]:
    return grade["good"], grade["in_language"], grade["grounded"] >= _GROUNDED, grade["answers"]


def _supported(grade: dict[str, Any]) -> int:
    return sum(sentence["supported"] for sentence in grade["sentences"])
