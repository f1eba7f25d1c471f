"""Conversations, and the budget of one turn."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import BaseModel, Field

from stylegraph.agent.budget import Budget


class TurnSettings(BaseModel):
    """Conversations, and the budget of one turn."""

    thread_states: int = Field(
        default=20,
        ge=0,
        description="States of a conversation that are kept to go back to, one a turn; its messages all stay. 0: every state.",
    )
    thread_busy: Literal["queue", "refuse"] = Field(
        default="queue", description="What becomes of a question to a conversation in which another is being answered."
    )
    question_max_chars: int = Field(default=20_000, ge=1, description="Longest question, in characters.")
    evidence_k: int = Field(default=6, ge=1, le=50, description="Pieces of evidence asked of each source.")
    prefetch: bool = Field(
        default=True,
        description="Look up what a question plainly asks for before a chat model is asked: it saves a call.",
    )
    source_timeout: float = Field(default=20.0, gt=0, description="Seconds that a source may take.")
    budget_model_calls: int = Field(default=12, ge=0, description="Model calls in one turn.")
    budget_tokens: int = Field(default=40_000, ge=0, description="Model tokens in one turn, in and out.")
    budget_dollars: float = Field(
        default=1.0,
        gt=0,
        description="Dollars that the model calls of one turn may cost, where the model's price is known.",
    )
    budget_web_searches: int = Field(default=4, ge=0, description="Web searches in one turn.")
    budget_seconds: float = Field(default=60.0, gt=0, description="Seconds for one turn.")
    budget_revisions: int = Field(default=2, ge=0, le=3, description="Revisions in one turn.")

    @cached_property
    def budget(self) -> Budget:
        """The budget of one turn."""
        return Budget(
            model_calls=self.budget_model_calls,
            tokens=self.budget_tokens,
            dollars=self.budget_dollars,
            web_searches=self.budget_web_searches,
            seconds=self.budget_seconds,
            revisions=self.budget_revisions,
        )
