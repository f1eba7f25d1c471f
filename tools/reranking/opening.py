"""The reranker that a caller brings: an object of ours or of LangChain's, a decision model, or a server's address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

import httpx
from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.documents import BaseDocumentCompressor

from stylegraph.agent.decisions.reranker import DecisionReranker
from stylegraph.agent.protocols import Reranker
from stylegraph.agent.settings import Settings
from stylegraph.tools.decisions.opening import DecisionLike, open_decider
from stylegraph.tools.reranking.langchain import CompressorReranker, CrossEncoderReranker
from stylegraph.tools.reranking.server import ServerReranker

if TYPE_CHECKING:
    from langchain_openai.decisions import OpenAIDecisions  # noqa: F401 - a part of DecisionLike

RerankerLike: TypeAlias = Reranker | BaseCrossEncoder | BaseDocumentCompressor | DecisionLike
"""What orders evidence: ours, LangChain's, a decision model, or the URL of a server that answers `/rerank` (`#MODEL` behind it)."""

_PATH = "/rerank"


@asynccontextmanager
async def open_reranker(given: RerankerLike, settings: Settings) -> AsyncIterator[Reranker]:
    """Open a reranker.

    Raises:
        SettingsError: It can't be told what is meant.
    """
    async with AsyncExitStack() as stack:
        if isinstance(given, BaseCrossEncoder):
            yield CrossEncoderReranker(given)
        elif isinstance(given, BaseDocumentCompressor):
            yield CompressorReranker(given)
        elif isinstance(given, str) and _is_address(given):
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=settings.decisions_timeout))
            yield _on_server(given, settings, http)
        elif hasattr(given, "rerank"):
            yield given
        else:
            yield DecisionReranker(await stack.enter_async_context(open_decider(given, settings)))


def _is_address(given: str) -> bool:
    """Check whether a text is the address of a server that reranks; one of a decision model says so by its path."""
    parts = urlsplit(given)
    return parts.scheme in ("http", "https") and not parts.path.rstrip("/").endswith("/systemone")


def _on_server(given: str, settings: Settings, http: httpx.AsyncClient) -> ServerReranker:
    parts = urlsplit(given)
    path = parts.path.rstrip("/")
    url = parts._replace(path=path if path.endswith(_PATH) else path + _PATH, fragment="").geturl()
    return ServerReranker(url, parts.fragment, http, settings.reranker_api_key, settings.model_retries)
