"""The decision model that a caller names: one of LangChain's, OpenAI's, or a server's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias, Union
from urllib.parse import urlsplit

import httpx
from langchain_core.decisions import BaseDecisionModel
from pydantic import SecretStr

from stylegraph.agent.budget import Charge
from stylegraph.agent.decisions.asking import Decider
from stylegraph.agent.errors import SettingsError
from stylegraph.agent.extras import needed
from stylegraph.agent.llm.prices import cost_of
from stylegraph.agent.settings import Settings

if TYPE_CHECKING:
    from langchain_openai.decisions import OpenAIDecisions

DecisionLike: TypeAlias = Union[BaseDecisionModel, "OpenAIDecisions", str]
"""A decision model of LangChain's, OpenAI's client, `openai:MODEL`, or the URL of a `/v1/systemone` server (`#MODEL` behind it)."""

_OPENAI = "openai:"
_PATH = "/v1/systemone"
_REMEDY = 'Give a `BaseDecisionModel`, "openai:MODEL", or the URL of a server that answers /v1/systemone.'


@asynccontextmanager
async def open_decider(given: DecisionLike, settings: Settings) -> AsyncIterator[Decider]:
    """Open what asks a decision model.

    Raises:
        SettingsError: It can't be told what is meant, or OpenAI's has no key.
        MissingExtraError: OpenAI's package is not installed.
    """
    async with httpx.AsyncClient(timeout=settings.decisions_timeout) as http:
        model = _model(given, settings, http)

        def price(charge: Charge) -> float | None:
            return cost_of(charge, model.model, settings)

        yield Decider(model, settings.decisions_timeout, None if _is_local(model) else price)


def _is_local(model: BaseDecisionModel) -> bool:
    """Check whether a model runs here: its calls cost nothing."""
    return model._provider == "stylegraph"


def _model(given: DecisionLike, settings: Settings, http: httpx.AsyncClient) -> BaseDecisionModel:
    if isinstance(given, BaseDecisionModel):
        return given
    if isinstance(given, str) and not given.startswith(_OPENAI):
        return _on_server(given, settings, http)
    with needed("OpenAI's decisions"):
        from langchain_openai.decisions import OpenAIDecisions

        from stylegraph.tools.decisions.openai import OpenAIDecisionModel
    if isinstance(given, OpenAIDecisions):
        return OpenAIDecisionModel(model=given.model, client=given)
    if not isinstance(given, str):
        raise SettingsError(f"`decisions` can't be a {type(given).__name__}.", _REMEDY)
    client = OpenAIDecisions(
        model=given.removeprefix(_OPENAI),
        api_key=_openai_key(settings),
        base_url=settings.base_url,
        timeout=settings.decisions_timeout,
        max_retries=settings.model_retries,
    )
    return OpenAIDecisionModel(model=client.model, client=client)


def _openai_key(settings: Settings) -> SecretStr:
    key = settings.decisions_api_key or settings.openai_api_key
    if key is None:
        raise SettingsError("OpenAI's decisions need a key.", "Set OPENAI_API_KEY or STYLEGRAPH_DECISIONS_API_KEY.")
    return key


def _on_server(given: str, settings: Settings, http: httpx.AsyncClient) -> BaseDecisionModel:
    from stylegraph.tools.decisions.systemone import SystemOneDecisions

    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsError(f"{given!r} names no decision model.", _REMEDY)
    path = parts.path.rstrip("/")
    whole = path if path.endswith("/systemone") else f"{path.removesuffix('/v1')}{_PATH}"
    url = parts._replace(path=whole, fragment="").geturl()
    return SystemOneDecisions(
        model=parts.fragment or "default",
        url=url,
        api_key=settings.decisions_api_key,
        retries=settings.model_retries,
        client=http,
    )
