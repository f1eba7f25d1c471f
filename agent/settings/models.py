"""The chat model: which, how it speaks, and how long it is waited for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr

from stylegraph.agent.settings.names import Names


class Price(BaseModel):
    """What a chat model costs, in dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(
        default=None, ge=0, description="What was sent before and is still known; unset: as input."
    )

    @property
    def cached_input(self) -> float:
        """What tokens cost that the provider still knows."""
        return self.input if self.cached is None else self.cached


class ModelSettings(BaseModel):
    """The chat model: which, how it speaks, and how long it is waited for."""

    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("STYLEGRAPH_OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="Key of the chat model's provider; also read from OPENAI_API_KEY.",
    )
    base_url: str | None = Field(default=None, description="An OpenAI-compatible server instead of OpenAI's own.")
    model: str = Field(
        default="gpt-6-luna",
        description="The chat model that acts and grades, when there is a key or a base URL: a name of OpenAI's or of the "
        'server, or "PROVIDER:NAME" as LangChain writes it, such as "anthropic:claude-sonnet-5" (its extra, and its key).',
    )
    models: Names = Field(
        default=[],
        description="Other chat models that whoever asks may choose for a question, separated by commas, written as "
        "STYLEGRAPH_MODEL is; unset: none.",
    )
    grader_model: str | None = Field(
        default=None, description="The chat model that grades answers; unset: the one that wrote them."
    )
    reasoning_effort: str = Field(
        default="none",
        description="How long a model that thinks does so before it answers, where it can be told: none, low, medium, high; "
        "empty: its own default.",
    )
    responses_api: bool | None = Field(
        default=None,
        description="Speak OpenAI's Responses API: true or false; unset: where what is asked for needs it.",
    )
    reasoning_tokens: int = Field(
        default=4_000, ge=0, description="Room for what a model thinks unseen, beside STYLEGRAPH_MODEL_MAX_TOKENS."
    )
    general_knowledge: bool = Field(
        default=True,
        description="Let a chat model add what it knows itself where the sources are silent, marked as such.",
    )
    persona: str = Field(
        default="You are stylegraph, a helpful assistant.",
        description="Who the assistant is, to the chat model: one sentence or more.",
    )
    rules: str = Field(
        default="", description="Rules of your own for the chat model: how it speaks, what it adds or leaves out."
    )
    declines: str = Field(
        default="what would harm people", description="What the assistant does not do, to the chat model: a phrase."
    )
    prompts: Path | None = Field(
        default=None,
        description="Folder with prompts of your own: agent.md, grade.md in the place of those that are shipped.",
    )
    today: date | None = Field(
        default=None, description="The date that a chat model is told, such as 2026-12-01; unset: today's."
    )
    time_zone: str = Field(
        default="", description="The time zone of that date, such as Asia/Seoul; unset: this machine's."
    )
    context_tokens: int = Field(
        default=2_000,
        ge=200,
        description="Tokens of the conversation that a chat model reads as it stands; older parts in short.",
    )
    vision_model: str | None = Field(
        default=None, description="The chat model that looks at pictures; unset: the same as STYLEGRAPH_MODEL."
    )
    model_prices: dict[str, Price] = Field(
        default={},
        description="What models cost in dollars for a million tokens, as JSON, in the place of the list that is shipped: "
        '{"gpt-6-luna": {"input": 1, "cached": 0.1, "output": 6}}.',
    )
    model_max_tokens: int = Field(default=2_000, ge=16, description="Longest answer of one model call, in tokens.")
    model_timeout: float = Field(default=30.0, gt=0, description="Seconds that one model call may take.")
    model_retries: int = Field(
        default=2, ge=0, le=10, description="Retries of a model call on 429, 5xx and lost connections."
    )

    @property
    def has_model(self) -> bool:
        """Whether a chat model acts and grades."""
        known = self.openai_api_key is not None or self.base_url is not None
        return known or provider_of(self.model, self) != "openai"

    @property
    def choices(self) -> list[str]:
        """The chat models that a question may name, first the one that is asked where it names none; none without a choice."""
        return list(dict.fromkeys([self.model, *self.models])) if self.models and self.has_model else []


def provider_of(model: str, settings: ModelSettings) -> str:
    """Return whose protocol a model speaks: that of its name's prefix, OpenAI's where there is none or a server is named.

    Names on servers of one's own may hold colons themselves (`qwen3:8b`).
    """
    provider, colon, _ = model.partition(":")
    return provider if colon and settings.base_url is None else "openai"
