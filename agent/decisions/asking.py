"""Asking a decision model: within the time and the budget of a turn, its answers held against what was asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from langchain_core.decisions import (
    BaseDecisionModel,
    Choice,
    ClassifierResponse,
    Noul,
    Question,
    Score,
    State,
)

from stylegraph.agent.budget import Charge, barring
from stylegraph.agent.decisions.errors import Decision, DecisionError
from stylegraph.agent.state import AssistantState

logger = logging.getLogger(__name__)

_REST_SECONDS = 10.0
"""How long turns leave a model alone that has failed: one that can't be reached is then waited for once a turn."""

Price = Callable[[Charge], float | None]
"""What a call cost, in dollars; None where nobody knows."""


class Asked(NamedTuple):
    """Answers, and what they cost."""

    response: ClassifierResponse
    ledger: list[Charge]


class Decider:
    """Asks a decision model.

    Args:
        model: The model.
        timeout: Seconds that one request may take, its retries included.
        price: What a call cost; None for a model on this machine, whose calls cost nothing and are not counted.
    """

    def __init__(self, model: BaseDecisionModel, timeout: float, price: Price | None = None) -> None:
        self._model = model
        self._timeout = timeout
        self._price = price
        self._rest_until = 0.0

    @property
    def is_counted(self) -> bool:
        """Whether its calls count as model calls of a turn."""
        return self._price is not None

    async def in_turn(
        self, by: Decision, about: State, questions: Mapping[str, Question], state: AssistantState
    ) -> Asked:
        """Ask for a turn, if its budget has room for a call.

        Raises:
            DecisionError: It has not, or the model made no decision.
        """
        turn, seconds = state["turn"], time.time() - state["turn"]["started"]
        if self.is_counted and barring(turn["budget"], state.get("ledger", []), seconds):
            raise DecisionError("budget")
        return await self.ask(by, about, questions, turn["budget"]["seconds"] - seconds)

    async def ask(self, by: Decision, about: State, questions: Mapping[str, Question], seconds: float) -> Asked:
        """Ask, and return the answers.

        Args:
            by: What is decided.
            about: What the questions are about.
            questions: The questions by name.
            seconds: What the turn has left.

        Raises:
            DecisionError: The model made no decision.
        """
        if time.monotonic() < self._rest_until:
            raise DecisionError("resting")
        most = max(0.0, min(self._timeout, seconds))
        charge = Charge(kind="model", by=by, started=time.time(), ended=time.time(), tokens_in=0, tokens_out=0)
        try:
            async with asyncio.timeout(most):
                response = await self._model.ainvoke({"state": about, "questions": questions})
            check(response, questions)
        except Exception as error:  # a stranger's model may raise anything, and the turn goes on
            self._rest_until = time.monotonic() + _REST_SECONDS
            raise _as_decision_error(error, most, self._completed(charge, None)) from None
        return Asked(response, self._completed(charge, response))

    def _completed(self, charge: Charge, response: ClassifierResponse | None) -> list[Charge]:
        """Return the charge with what the model counted; nothing where calls are not counted."""
        if self._price is None:
            return []
        usage = response.usage if response is not None else None
        if usage is not None:
            charge |= {"tokens_in": usage["input_tokens"], "tokens_out": usage["output_tokens"]}
        charge["ended"] = time.time()
        charge["dollars"] = self._price(charge)
        return [charge]


def _as_decision_error(error: Exception, most: float, ledger: Sequence[Charge]) -> DecisionError:
    if isinstance(error, DecisionError):
        return DecisionError(error.why, error.detail, ledger)
    logger.warning("a decision model failed: %s", type(error).__name__)  # its words may hold a key
    if isinstance(error, TimeoutError):
        return DecisionError("slow", f"{most:.3g}", ledger)
    return DecisionError("raised", type(error).__name__, ledger)


def check(response: ClassifierResponse, questions: Mapping[str, Question]) -> None:
    """Check that each question is answered, as it was asked.

    Raises:
        DecisionError: One is not.
    """
    for name, question in questions.items():
        if isinstance(question, Noul):
            fits = name in response.nouls
        elif isinstance(question, Choice):
            fits = name in response.choices and response.choices[name].choice in question.criteria
        elif isinstance(question, Score):
            fits = name in response.scores and 0 <= response.scores[name].score <= len(question.criteria) - 1
        else:
            fits = name in response.boxes
        if not fits:
            raise DecisionError("malformed")
