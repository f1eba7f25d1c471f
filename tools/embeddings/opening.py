"""The embedding of documents, as the settings say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.agent.extras import needed
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder


@asynccontextmanager
async def open_embedder(settings: Settings) -> AsyncIterator[Embedder]:
    """Open the embedding of documents: that of the server that is set, else the one on this machine.

    Routes, answers without a model and the catalogue stay with the one on this machine: they were fitted with it.

    Raises:
        SettingsError: A server's is set, but neither a key nor an address.
    """
    if not settings.embedding_model:
        yield LocalEmbedder()
        return
    with needed("A server's embedding"):
        from stylegraph.tools.embeddings.server import open_server_embedder

    async with open_server_embedder(settings) as embedder:
        yield embedder
