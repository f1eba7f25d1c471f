"""The parts of a question that are answered one by one."""

from __future__ import annotations

from stylegraph.agent.text.clauses import complete, split_clauses
from stylegraph.agent.text.question_types import ABOUT, wants_overview
from stylegraph.agent.text.synonyms import asked_terms
from stylegraph.agent.text.tokenizer import tokenize


def asked_parts(question: str) -> list[str]:
    """Take a question apart where it asks for several things, each part with what it is about.

    Blocking: it may load the tokenizer.

    Returns:
        The parts; the question alone when it asks for one thing, for a document as a whole, or when a part says too
        little without the others ("얼마나 넣어요? 온도는요?").
    """
    if wants_overview(question):
        return [question]
    title, about, own = question.rpartition(ABOUT)
    clauses = complete(split_clauses(own))
    is_several = len(clauses) > 1 and all(map(_names_something, clauses))
    return [f"{title}{about}{clause}" for clause in clauses] if is_several else [question]


def _names_something(clause: str) -> bool:
    return any(term.sort in ("thing", "name") for term in asked_terms(clause, tokenize(clause), {}))
