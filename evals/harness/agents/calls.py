"""What model calls cost, counted the same for whoever makes them: by a callback that LangChain hands every call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.tracers.context import register_configure_hook

CALL_SECONDS = 0.4
TOKEN_SECONDS = 0.01
"""The latency model: what a call takes before its first token, and what each token of its answer adds."""


class Call(NamedTuple):
    """One call that has ended."""

    started: float
    ended: float
    tokens_in: int
    tokens_out: int

    @property
    def latency(self) -> float:
        """The seconds that it takes by the latency model."""
        return CALL_SECONDS + TOKEN_SECONDS * self.tokens_out


class Calls(BaseCallbackHandler):
    """Notes each call with its tokens. A call that failed counts, too: it was a trip, and its prompt was sent."""

    run_inline = True  # in order, and on the loop's own thread

    def __init__(self) -> None:
        self.made: list[Call] = []
        self._started: dict[UUID, float] = {}

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        **_: Any,  # noqa: ANN401
    ) -> None:
        """Note when a call begins."""
        self._started[run_id] = time.monotonic()

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:  # noqa: ANN401
        """Note a call with its tokens."""
        self._end(run_id, *_tokens(response))

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:  # noqa: ANN401
        """Note a call that failed."""
        self._end(run_id, 0, 0)

    def _end(self, run_id: UUID, tokens_in: int, tokens_out: int) -> None:
        self.made.append(Call(self._started.pop(run_id), time.monotonic(), tokens_in, tokens_out))

    @property
    def trips(self) -> int:
        """The most calls that waited for one another."""
        return round(_longest(self.made, lambda _: 1.0))

    @property
    def seconds(self) -> float:
        """What the calls take by the latency model, along the longest chain."""
        return _longest(self.made, lambda call: call.latency)


_CURRENT: ContextVar[Calls | None] = ContextVar("stylegraph_evals_calls", default=None)
register_configure_hook(_CURRENT, inheritable=True)


@contextmanager
def counting() -> Iterator[Calls]:
    """Count the calls that are made while the block runs, in this task and in those that it starts."""
    calls = Calls()
    token = _CURRENT.set(calls)
    try:
        yield calls
    finally:
        _CURRENT.reset(token)


def _longest(calls: Sequence[Call], weigh: Callable[[Call], float]) -> float:
    """Return the weight of the heaviest chain of calls of which each began when the one before had ended."""
    chains: list[tuple[float, float]] = []
    for call in sorted(calls, key=lambda call: call.ended):
        before = max((weight for ended, weight in chains if ended <= call.started), default=0.0)
        chains.append((call.ended, before + weigh(call)))
    return max((weight for _, weight in chains), default=0.0)


def _tokens(response: LLMResult) -> tuple[int, int]:
    generation = response.generations[0][0] if response.generations and response.generations[0] else None
    message = generation.message if isinstance(generation, ChatGeneration) else None
    usage = message.usage_metadata if isinstance(message, AIMessage) else None
    return (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
