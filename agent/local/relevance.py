"""What of the evidence the agent without a model reads: its writer and its grader must read the same."""

from __future__ import annotations

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.question_types import wants_overview

_IRRELEVANT = 0.01


def worth_reading(state: AssistantState, question: str) -> list[Evidence]:
    """Return the evidence without what has been graded irrelevant to a question.

    All of it is worth reading while nothing has been graded, and where a document is to be told as a whole.
    """
    evidence, relevance = state.get("evidence", []), state.get("relevance", {})
    if wants_overview(question):
        return evidence
    return [piece for piece in evidence if relevance.get(piece["id"], 1.0) >= _IRRELEVANT]
