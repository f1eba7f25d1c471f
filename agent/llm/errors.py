"""What went wrong with a model's server, in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stylegraph.agent.errors import ModelError
from stylegraph.agent.retries import asked_pause


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


class CutShortError(ModelError):
    """The answer ended where there was room for no more of it."""

    def __init__(self) -> None:
        super().__init__(
            "The model's answer was longer than allowed.",
            "Raise STYLEGRAPH_MODEL_MAX_TOKENS, and STYLEGRAPH_REASONING_TOKENS for a model that thinks.",
        )


class Names(NamedTuple):
    """Where the key and the address of a provider's server are set."""

    key: str
    address: str


_NAMES: Mapping[str, Names] = {
    "openai": Names("OPENAI_API_KEY (or STYLEGRAPH_OPENAI_API_KEY)", "STYLEGRAPH_BASE_URL"),
    "anthropic": Names("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "ollama": Names("OLLAMA_API_KEY", "OLLAMA_HOST"),
    "google_genai": Names("GOOGLE_API_KEY", "STYLEGRAPH_MODEL"),
}
"""Provider -> what its client reads."""
_OTHERS = Names("the key that its package reads", "the address that its package reads")
_MADE_AT = {"openai": "; OpenAI's are made at https://platform.openai.com/api-keys"}

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "response_format": ("response_format", "json_schema", "structured output", "grammar"),
    "temperature": ("temperature",),
    "max_completion_tokens": ("max_completion_tokens", "max_tokens"),
    "stream_options": ("stream_options",),
    "reasoning_effort": ("reasoning_effort", "reasoning.effort"),
    "tools": ("tool", "function call"),
}
"""Option -> the words by which servers say that they don't take it."""


def explained(error: Exception, provider: str = "openai") -> ModelError:
    """Return what went wrong with a call and what to do, whichever provider's client raised it.

    The provider's own text may hold a key, so none of it is repeated.

    Args:
        error: What was raised.
        provider: Whose server was asked, as LangChain writes it: where its key and address are set is named.
    """
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if status in (400, 422):
        return _refused(str(error).lower())
    if isinstance(status, int) and status >= 400:  # a body that could not be read came with a 200
        return _status(status, getattr(response, "headers", {}), provider)
    if _unsent(error):
        return _wrong_key(provider)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    explain = next((explain for names, explain in _EXPLANATIONS if kinds & names), _no_chat)
    return explain(_NAMES.get(provider, _OTHERS).address)


def _unsent(error: BaseException) -> bool:
    """Check whether a request could not even be written: a key is missing, or no key, and stands in its head."""
    while (cause := error.__cause__) is not None:
        error = cause
    return type(error).__name__ == "LocalProtocolError" or "authentication method" in str(error)


def _too_slow(_: str) -> ServerError:
    return ServerError(
        "The model took too long.",
        "Raise STYLEGRAPH_MODEL_TIMEOUT and STYLEGRAPH_BUDGET_SECONDS, or see whether its server is overloaded.",
    )


def _unreachable(address: str) -> ServerError:
    return ServerError("The model's server can't be reached.", f"Check {address} and the network.", passing=True)


def _no_chat(address: str) -> ModelError:
    return ModelError("The model's server answered something else than a chat completion.", f"Check {address}.")


def _too_long(_: str) -> ModelError:
    return CutShortError()


def _filtered(_: str) -> ModelError:
    return ModelError("The model's server filtered the answer.", "Ask in other words.")


_EXPLANATIONS: tuple[tuple[frozenset[str], Callable[[str], ModelError]], ...] = (
    (frozenset({"APITimeoutError", "TimeoutError", "TimeoutException", "Timeout"}), _too_slow),
    (frozenset({"LengthFinishReasonError"}), _too_long),
    (frozenset({"ContentFilterFinishReasonError"}), _filtered),
    (frozenset({"APIConnectionError", "HTTPError", "TransportError", "ConnectionError"}), _unreachable),
)
"""Names of errors, their bases included -> what is said: each provider's client has classes of its own."""


def _refused(text: str) -> ModelError:
    for option, words in _OPTIONS.items():
        if any(word in text for word in words):
            return UnsupportedOptionError(option)
    return ModelError("The model's server did not accept the request.", "Check STYLEGRAPH_MODEL.")


def _wrong_key(provider: str) -> ServerError:
    key = _NAMES.get(provider, _OTHERS).key
    return ServerError("The model's server refused the key.", f"Set {key} to a valid key{_MADE_AT.get(provider, '')}.")


def _status(status: int, headers: Mapping[str, str], provider: str) -> ServerError:
    if status in (401, 403):
        return _wrong_key(provider)
    if status == 404:
        address = _NAMES.get(provider, _OTHERS).address
        return ServerError("The model's server does not know that model.", f"Check STYLEGRAPH_MODEL and {address}.")
    pause = asked_pause(headers)
    if status == 429:
        return ServerError(
            "The model's server has no capacity or quota left (429).",
            "Wait a little, or check your plan.",
            passing=True,
            pause=pause,
        )
    return ServerError(f"The model's server failed ({status}).", "Try again later.", passing=status >= 500, pause=pause)
