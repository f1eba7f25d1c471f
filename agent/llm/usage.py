"""What model calls cost, known while they are under way."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage

from stylegraph.agent.budget import Charge, barring
from stylegraph.agent.llm.errors import BudgetEndedError
from stylegraph.agent.state import AssistantState

_MOST_TURNS = 1_000
"""Turns that are remembered at once: far more than run side by side."""

_PICTURE_TOKENS = {"low": 85, "high": 765}
"""What a picture counts at each detail where the server does not say: OpenAI's own rule for a picture of 1,024 pixels."""


class Spending:
    """The model charges of the running turns.

    The state's ledger knows only what finished nodes spent. Here decisions that run side by side see each other's
    calls too, so that together they keep within the budget.
    """

    def __init__(self) -> None:
        self._turns: OrderedDict[str, list[Charge]] = OrderedDict()

    def begin(self, state: AssistantState, by: str, spare: int = 0) -> Charge:
        """Begin a call.

        Args:
            state: The turn's state.
            by: The decision that makes the call.
            spare: Calls that there must be room for besides.

        Returns:
            The charge, to be completed when the call ends.

        Raises:
            BudgetEndedError: There is no room.
        """
        turn, now = state["turn"], time.time()
        under_way = self._under_way(state)
        ledger = [*state.get("ledger", []), *under_way]
        if part := barring(turn["budget"], ledger, now - turn["started"], 1 + spare):
            raise BudgetEndedError(part)
        charge = Charge(kind="model", by=by, started=now, ended=now, tokens_in=0, tokens_out=0)
        self._of(turn["id"]).append(charge)
        return charge

    def tokens(self, state: AssistantState) -> int:
        """Return what a turn has spent so far, decisions included that run beside the one that asks."""
        charges = [*state.get("ledger", []), *self._under_way(state)]
        return sum(charge["tokens_in"] + charge["tokens_out"] for charge in charges)

    def _under_way(self, state: AssistantState) -> list[Charge]:
        settled = {_identity(charge) for charge in state.get("ledger", [])}
        return [charge for charge in self._of(state["turn"]["id"]) if _identity(charge) not in settled]

    def _of(self, turn: str) -> list[Charge]:
        known = self._turns.setdefault(turn, [])
        self._turns.move_to_end(turn)
        while len(self._turns) > _MOST_TURNS:
            self._turns.popitem(last=False)
        return known


def _identity(charge: Charge) -> tuple[str, float]:
    return charge["by"], charge["started"]


def complete(charge: Charge, prompt: Sequence[BaseMessage], answer: AIMessage | None) -> None:
    """Complete a charge: with what the server counted, else with an estimate; nothing for a call without an answer."""
    charge["ended"] = time.time()
    if answer is None:
        return
    usage = answer.usage_metadata
    charge["tokens_in"] = usage["input_tokens"] if usage else sum(map(_sent_tokens, prompt))
    charge["tokens_out"] = usage["output_tokens"] if usage else estimated_tokens(answer.text)
    if usage:
        charge["tokens_cached"] = usage.get("input_token_details", {}).get("cache_read", 0)
        charge["tokens_reasoning"] = usage.get("output_token_details", {}).get("reasoning", 0)


def _sent_tokens(message: BaseMessage) -> int:
    blocks = message.content if isinstance(message.content, list) else []
    pictures = [block["image_url"] for block in blocks if isinstance(block, dict) and "image_url" in block]
    return estimated_tokens(message.text) + sum(_PICTURE_TOKENS[picture["detail"]] for picture in pictures)


def estimated_tokens(text: str) -> int:
    """Estimate tokens without a tokenizer, which would have to be downloaded.

    A token is taken to hold four ASCII characters, or one and a half of Hangul and other scripts. OpenAI's o200k_base
    counts about a tenth less for English prose and a quarter more for Korean.
    """
    ascii_characters = sum(character.isascii() for character in text)
    return -(-ascii_characters // 4) + -(-(len(text) - ascii_characters) * 2 // 3)
