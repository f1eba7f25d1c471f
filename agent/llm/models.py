"""Which chat model is asked: one of OpenAI's protocol, any other provider's by its name, or one that a caller made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import Settings, provider_of

ChatModel = str | BaseChatModel
"""A model's name, as `STYLEGRAPH_MODEL` has it, or a chat model of LangChain's."""


@asynccontextmanager
async def open_chat(settings: Settings, model: ChatModel | None = None) -> AsyncIterator[BaseChatModel]:
    """Open a chat model.

    Args:
        settings: Name the model, its server and key.
        model: Another model than theirs; one that is made already is used as it is.

    Raises:
        SettingsError: The provider is not known, or its package is not installed.
    """
    if isinstance(model, BaseChatModel):
        yield model
        return
    name = model or settings.model
    provider = provider_of(name, settings)
    if provider != "openai":
        yield _made(name, provider, settings)
        return
    # a client of its own: the default one is shared by all event loops of the process
    async with httpx2.AsyncClient(timeout=settings.model_timeout, follow_redirects=True) as client:
        yield ChatOpenAI(
            model=name.removeprefix("openai:"),
            api_key=settings.openai_api_key or SecretStr("none"),
            base_url=settings.base_url,
            timeout=settings.model_timeout,
            max_retries=0,  # `Call` retries itself, so that every trip is counted
            stream_usage=True,
            # left open, LangChain speaks it to what it takes for OpenAI's models; other servers rarely know it
            use_responses_api=False if settings.responses_api is None and settings.base_url else settings.responses_api,
            http_async_client=client,
        )


def _made(name: str, provider: str, settings: Settings) -> BaseChatModel:
    """Return another provider's model, as LangChain makes it: its key is read where its package reads it."""
    remedy = f"pip install 'stylegraph[{provider}]', or langchain's package for it; its key goes where that package reads it."
    try:
        from langchain.chat_models import init_chat_model

        made = init_chat_model(name, **_options(provider, settings))
        if (getattr(made, "profile", None) or {}).get("reasoning_output"):  # what it thinks unseen counts as answered
            more = settings.model_copy(
                update={"model_max_tokens": settings.model_max_tokens + settings.reasoning_tokens}
            )
            made = init_chat_model(name, **_options(provider, more))
    except ImportError:
        raise SettingsError(f"The package for {provider!r} models is not installed.", remedy) from None
    except ValueError:
        raise SettingsError(f"{name!r} can't be used as a chat model.", f"Check STYLEGRAPH_MODEL. {remedy}") from None
    if not isinstance(made, BaseChatModel):
        raise SettingsError(f"{name!r} names no chat model.", "Write it as PROVIDER:NAME.")
    return made


def _options(provider: str, settings: Settings) -> dict[str, Any]:
    """Return how a provider's model is made, in its package's own words: what a package does not know it ignores."""
    if provider == "ollama":
        quiet = {"reasoning": False} if settings.reasoning_effort == "none" else {}
        room = 0 if quiet else settings.reasoning_tokens
        timeout = {"client_kwargs": {"timeout": settings.model_timeout}}
        return {"num_predict": settings.model_max_tokens + room, **timeout, **quiet}
    return {"max_tokens": settings.model_max_tokens, "timeout": settings.model_timeout, "max_retries": 0}
