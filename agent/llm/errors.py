"""What went wrong with a model's server, in words that say what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

import httpx2
import openai

from stylegraph.agent.errors import ModelError


class BudgetEndedError(ModelError):
    """The turn's budget has no room for another model call.

    Args:
        part: Which part of the budget.
    """

    def __init__(self, part: str) -> None:
        super().__init__(f"The turn's budget ended ({part}).")
        self.part = part


class ServerError(ModelError):
    """The server answers nobody just now, so the turn's other decisions need not ask it.

    Args:
        message: What happened.
        remedy: What to do about it.
        passing: Whether it may be over in a moment.
        pause: Seconds that the server asks to wait, if it does.
    """

    def __init__(self, message: str, remedy: str, *, passing: bool = False, pause: float | None = None) -> None:
        super().__init__(message, remedy)
        self.passing = passing
        self.pause = pause


class UnsupportedOptionError(ModelError):
    """The server does not take one of the options that were sent.

    Args:
        option: Which.
    """

    def __init__(self, option: str) -> None:
        super().__init__(f"The model's server does not take `{option}`.")
        self.option = option


FAULTS = (
    openai.OpenAIError,
    httpx2.HTTPError,
    TimeoutError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)
"""What a call to a model or an embedding can raise: the last four when the server answers something else than it was asked for."""

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "response_format": ("response_format", "json_schema", "structured output", "grammar"),
    "temperature": ("temperature",),
    "max_completion_tokens": ("max_completion_tokens", "max_tokens"),
    "stream_options": ("stream_options",),
}
"""Option -> the words by which servers say that they don't take it."""


def explained(error: Exception) -> ModelError:
    """Return what went wrong and what to do. The provider's own text may hold a key, so none of it is repeated."""
    if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
        return _refused(str(error).lower())
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    return next(
        (explain() for kinds, explain in _EXPLANATIONS if isinstance(error, kinds)),
        ModelError("The model's server answered something else than a chat completion.", "Check STYLEGRAPH_BASE_URL."),
    )


def _unreachable() -> ServerError:
    return ServerError(
        "The model's server can't be reached.", "Check STYLEGRAPH_BASE_URL and the network.", passing=True
    )


_EXPLANATIONS: tuple[tuple[tuple[type[Exception], ...], Callable[[], ModelError]], ...] = (
    (
        (openai.APITimeoutError, TimeoutError, httpx2.TimeoutException),
        lambda: ModelError("The model took too long.", "Raise STYLEGRAPH_MODEL_TIMEOUT or STYLEGRAPH_BUDGET_SECONDS."),
    ),
    (
        (openai.LengthFinishReasonError,),
        lambda: ModelError("The model's answer was longer than allowed.", "Raise STYLEGRAPH_MODEL_MAX_TOKENS."),
    ),
    (
        (openai.ContentFilterFinishReasonError,),
        lambda: ModelError("The model's server filtered the answer."),
    ),
    ((openai.APIConnectionError, httpx2.HTTPError), _unreachable),
)


def _refused(text: str) -> ModelError:
    for option, words in _OPTIONS.items():
        if any(word in text for word in words):
            return UnsupportedOptionError(option)
    return ModelError("The model's server did not accept the request.", "Check STYLEGRAPH_MODEL.")


def _status(error: openai.APIStatusError) -> ServerError:
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ServerError(
            "The model's server refused the key.",
            "Set OPENAI_API_KEY (or STYLEGRAPH_OPENAI_API_KEY) to a valid key; "
            "OpenAI's are made at https://platform.openai.com/api-keys.",
        )
    if isinstance(error, openai.NotFoundError):
        return ServerError(
            "The model's server does not know that model.", "Check STYLEGRAPH_MODEL and STYLEGRAPH_BASE_URL."
        )
    if isinstance(error, openai.RateLimitError):
        return ServerError(
            "The model's server has no capacity or quota left (429).",
            "Wait a little, or check your plan.",
            passing=True,
            pause=asked_pause(error.response.headers),
        )
    return ServerError(
        f"The model's server failed ({error.status_code}).",
        "Try again later.",
        passing=error.status_code >= 500,
        pause=asked_pause(error.response.headers),
    )


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After: seconds or a date (RFC 9110, 10.2.3)."""
    asked = headers.get("retry-after", "").strip()
    if not asked:
        return None
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except ValueError:
        return None
