"""Asks a chat model one tiny question, to learn whether it can be used and what its server does not take."""

from __future__ import annotations

import time
import uuid
from typing import Literal, NamedTuple, cast

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel

from stylegraph.agent.budget import Budget
from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState

_SECONDS = 30.0
_QUESTION = (
    SystemMessage("You answer in JSON."),
    HumanMessage('Which colour does one get from blue and yellow? Answer {"colour": "green"} or {"colour": "red"}.'),
)


class Mixed(BaseModel):
    """The answer."""

    colour: Literal["green", "red"]


class Probed(NamedTuple):
    """What was learned of a model."""

    seconds: float
    tokens: int
    refused: frozenset[str]
    """Options that its server does not take; `response_format` is structured output."""


async def probe(settings: Settings) -> Probed:
    """Ask once, and once more without an option that is refused; nothing is retried.

    Args:
        settings: Name the model, its server and key.

    Raises:
        ModelError: It can't be used: unreachable, a wrong key, no such model, or an answer that has no form.
    """
    begun = time.time()
    limits = Budget(model_calls=4, tokens=4_000, web_searches=0, seconds=_SECONDS, revisions=0)
    turn = {"id": uuid.uuid4().hex, "started": begun, "budget": limits}
    async with open_caller(settings.model_copy(update={"model_retries": 0})) as caller:
        call = caller.call(cast(AssistantState, {"turn": turn}), "probe")
        await call.decide(_QUESTION, Mixed, most=100)
        tokens = sum(charge["tokens_in"] + charge["tokens_out"] for charge in call.ledger)
        return Probed(time.time() - begun, tokens, frozenset(caller.refused))
