"""The chat model that a question names, of those that it may: who acts and grades then."""

from __future__ import annotations

from collections.abc import Mapping

from stylegraph.agent.protocols import ActUpdate, Agent, Grader, GradeUpdate, Stream
from stylegraph.agent.state import AssistantState


class ChosenAgent:
    """Acts by the chat model that the question names.

    Args:
        usual: Acts where none is named.
        others: Model -> who acts by it.
    """

    def __init__(self, usual: Agent, others: Mapping[str, Agent]) -> None:
        self._usual = usual
        self._others = others

    async def act(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Return the next act."""
        return await self._others.get(state["turn"].get("model", ""), self._usual).act(state, stream)


class ChosenGrader:
    """Grades by the chat model that the question names.

    Args:
        usual: Grades where none is named.
        others: Model -> who grades by it.
    """

    def __init__(self, usual: Grader, others: Mapping[str, Grader]) -> None:
        self._usual = usual
        self._others = others

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Return the grade."""
        return await self._others.get(state["turn"].get("model", ""), self._usual).grade(state)
