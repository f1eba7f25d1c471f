"""What went wrong with an embedding's server, in words that say what to do."""

from __future__ import annotations

import httpx2
import openai

from stylegraph.agent.errors import EmbeddingError
from stylegraph.agent.retries import asked_pause

_NO_VECTORS = 501
_ADDRESS = "Check STYLEGRAPH_EMBEDDING_BASE_URL, or STYLEGRAPH_BASE_URL where that is unset (most end in /v1)"


class PassingError(EmbeddingError):
    """The server may answer in a moment.

    Args:
        message: What happened.
        remedy: What to do about it.
        pause: Seconds that the server asks to wait, if it does.
    """

    def __init__(self, message: str, remedy: str, pause: float | None = None) -> None:
        super().__init__(message, remedy)
        self.pause = pause


class FormatError(EmbeddingError):
    """The server does not give vectors in base64."""


def too_slow() -> EmbeddingError:
    """Return the error for an answer that did not come in time."""
    return EmbeddingError(
        "The embedding server took too long.",
        "See whether it is overloaded, or raise STYLEGRAPH_EMBEDDING_TIMEOUT (questions) or STYLEGRAPH_EMBEDDING_PATIENCE "
        "(indexing).",
    )


def explained(error: Exception) -> EmbeddingError:
    """Return what went wrong and what to do. The provider's own text may hold a key, so none of it is repeated."""
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    if isinstance(error, openai.APITimeoutError | TimeoutError | httpx2.TimeoutException):
        return too_slow()
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        return PassingError("The embedding server can't be reached.", f"{_ADDRESS}, and the network.")
    return EmbeddingError("The embedding server answered something else than vectors.", f"{_ADDRESS}.")


def _status(error: openai.APIStatusError) -> EmbeddingError:
    status, pause = error.status_code, asked_pause(error.response.headers)
    if status in (401, 403):
        return EmbeddingError(
            "The embedding server refused the key.",
            "Set STYLEGRAPH_EMBEDDING_API_KEY; for OpenAI's own, OPENAI_API_KEY will do.",
        )
    if status in (404, _NO_VECTORS):
        return EmbeddingError(
            "The embedding server does not know that model, or gives no vectors.",
            f"Check STYLEGRAPH_EMBEDDING_MODEL. {_ADDRESS}.",
        )
    if status == 429:
        return PassingError(
            "The embedding server has no capacity or quota left (429).",
            "Wait a little, or check your plan; fewer STYLEGRAPH_EMBEDDING_REQUESTS at once may do.",
            pause,
        )
    if status >= 500:
        return PassingError(f"The embedding server failed ({status}).", "Try again later.", pause)
    return _refused(error)


def _refused(error: openai.APIStatusError) -> EmbeddingError:
    said = str(error).lower()
    if "encoding_format" in said or "base64" in said:
        return FormatError("The embedding server gives no vectors in base64.")
    return EmbeddingError(
        f"The embedding server did not accept the request ({error.status_code}).",
        "Check STYLEGRAPH_EMBEDDING_MODEL and STYLEGRAPH_EMBEDDING_DIMENSIONS; where texts are too long or too many for it, "
        "lower STYLEGRAPH_EMBEDDING_MAX_CHARS or STYLEGRAPH_EMBEDDING_BATCH.",
    )
