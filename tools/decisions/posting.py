"""One request to a server of decisions or of a reranker, tried again where the failure passes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from stylegraph.agent.decisions.errors import DecisionError
from stylegraph.agent.retries import Passing, Retries, asked_pause

_PASSING = ("408", "429", "500", "502", "503", "504")


async def posted(
    client: httpx.AsyncClient, url: str, body: Mapping[str, Any], key: SecretStr | None, retries: int
) -> Any:  # noqa: ANN401 - any JSON
    """Return a server's answer as JSON.

    Args:
        client: The HTTP client; the time that it lets a server take is what all tries have together.
        url: Where the body is sent.
        body: What is sent.
        key: Sent as a bearer token.
        retries: Further tries on 429, 5xx and lost connections.

    Raises:
        DecisionError: There is no answer, or none that can be read.
    """
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    seconds = client.timeout.read or math.inf
    try:
        return await Retries(retries, seconds).call(lambda: _once(client, url, body, headers), _passes)
    except TimeoutError:
        raise _slow(seconds) from None


def _passes(error: BaseException) -> Passing | None:
    if not isinstance(error, DecisionError):
        return None
    passes = error.why == "unreachable" or (error.why == "status" and error.detail in _PASSING)
    return Passing(error.pause) if passes else None


async def _once(client: httpx.AsyncClient, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:  # noqa: ANN401
    try:
        answer = await client.post(url, json=body, headers=headers)
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        refused = error.response
        raise DecisionError("status", str(refused.status_code), pause=asked_pause(refused.headers)) from None
    except httpx.TimeoutException:
        raise _slow(client.timeout.read or 0.0) from None
    except httpx.HTTPError:
        raise DecisionError("unreachable") from None
    try:
        return answer.json()
    except ValueError:
        raise DecisionError("malformed") from None


def _slow(seconds: float) -> DecisionError:
    return DecisionError("slow", f"{seconds:.3g}")
