"""What went wrong with a model's server, in words that say what to do."""

from __future__ import annotations

import httpx2
import openai

from stylegraph.agent.errors import ModelError


class UnsupportedFormError(ModelError):
    """The server does not take a JSON schema."""


_CAUSES: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (openai.AuthenticationError, openai.PermissionDeniedError),
        "The model's server refused the key.",
        "Set OPENAI_API_KEY (or STYLEGRAPH_OPENAI_API_KEY) to a valid key from your provider's key page.",
    ),
    (
        (openai.NotFoundError,),
        "The model's server does not know that model.",
        "Check STYLEGRAPH_MODEL and STYLEGRAPH_BASE_URL.",
    ),
    (
        (openai.RateLimitError,),
        "The model's server has no capacity or quota left (429).",
        "Wait a little, or check your plan.",
    ),
    (
        (openai.APITimeoutError, TimeoutError, httpx2.TimeoutException),
        "The model took too long.",
        "Raise STYLEGRAPH_MODEL_TIMEOUT or STYLEGRAPH_BUDGET_SECONDS.",
    ),
    (
        (openai.APIConnectionError, httpx2.HTTPError),
        "The model's server can't be reached.",
        "Check STYLEGRAPH_BASE_URL and the network.",
    ),
    (
        (openai.BadRequestError, openai.UnprocessableEntityError),
        "The model's server did not accept the request.",
        "Check STYLEGRAPH_MODEL.",
    ),
)


def explained(error: Exception) -> ModelError:
    """Say what went wrong and what to do. The provider's own text may hold a key, so none of it is repeated."""
    if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError) and _about_form(str(error)):
        return UnsupportedFormError("The model's server does not take a JSON schema.")
    for types, message, remedy in _CAUSES:
        if isinstance(error, types):
            return ModelError(message, remedy)
    return ModelError(f"The model's server failed ({type(error).__name__}).", "Try again later.")


def _about_form(text: str) -> bool:
    return any(word in text for word in ("response_format", "json_schema", "grammar"))
