"""One request to a server of decisions or of a reranker, tried again where the failure passes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from stylegraph.agent.decisions.errors import DecisionError

_FIRST_PAUSE = 0.25
_PASSING = ("408", "429", "500", "502", "503", "504")


async def posted(
    client: httpx.AsyncClient, url: str, body: Mapping[str, Any], key: SecretStr | None, retries: int
) -> Any:  # noqa: ANN401 - any JSON
    """Return a server's answer as JSON.

    Args:
        client: The HTTP client, whose timeout holds for each try.
        url: Where the body is sent.
        body: What is sent.
        key: Sent as a bearer token.
        retries: Further tries on 429, 5xx and lost connections.

    Raises:
        DecisionError: There is no answer, or none that can be read.
    """
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    attempt = 0
    while True:
        try:
            return await _once(client, url, body, headers)
        except DecisionError as error:
            if attempt == retries or not _passes(error):
                raise
        await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
        attempt += 1


def _passes(error: DecisionError) -> bool:
    return error.why == "unreachable" or (error.why == "status" and error.detail in _PASSING)


async def _once(client: httpx.AsyncClient, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:  # noqa: ANN401
    try:
        answer = await client.post(url, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()
    except httpx.HTTPStatusError as error:
        raise DecisionError("status", str(error.response.status_code)) from None
    except httpx.TimeoutException:
        raise DecisionError("slow", f"{client.timeout.read or 0:.3g}") from None
    except httpx.HTTPError:
        raise DecisionError("unreachable") from None
    except ValueError:
        raise DecisionError("malformed") from None
