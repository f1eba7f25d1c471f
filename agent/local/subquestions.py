"""The parts of a question that are answered one by one."""

from __future__ import annotations

from stylegraph.agent.text.clauses import (
    complete,
    is_told,
    names_something,
    span,
    split_clauses,
    stands_by_itself,
    tied,
)
from stylegraph.agent.text.question_types import ABOUT, wants_overview


def asked_parts(question: str) -> list[str]:
    """Take a question apart where it asks for several things, each part with what it is about.

    Blocking: it may load the tokenizer.

    Returns:
        The parts; the question alone when it asks for one thing, or for a document as a whole. What says too little by
        itself stays with what it goes on from ("얼마나 넣어요? 온도는요?"), and what is told with what is asked of it.
    """
    if wants_overview(question):
        return [question]
    title, about, own = question.rpartition(ABOUT)
    clauses = complete(_said_together(" ".join(own.split())))
    return [f"{title}{about}{clause}" for clause in clauses] if len(clauses) > 1 else [question]


def _said_together(text: str) -> list[str]:
    clauses = [tied(clause) for clause in split_clauses(text)]
    joined: list[str] = []
    for clause, completed in zip(clauses, complete(clauses), strict=True):
        if joined and _goes_on(joined[-1], clause, completed):
            joined[-1] = span(text, joined[-1], clause)
        else:
            joined.append(clause)
    return joined


def _goes_on(before: str, clause: str, completed: str) -> bool:
    """Check whether a clause says too little without the one before it, or that one without it."""
    if not (names_something(completed) and names_something(before)):
        return True
    return is_told(before) and not stands_by_itself(clause)
