"""A stranger's shop: its file imported, and the source over it opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.fashion.source import FashionSource


@asynccontextmanager
async def opened_shop(file: Path, home: Path, currency: str | None = None) -> AsyncIterator[FashionSource]:
    """Import a shop's file into a home of its own, and open the source."""
    settings = Settings(_env_file=None, home=home)
    async with Stockroom(settings, LocalEmbedder()) as stock:
        await stock.import_file(file, currency=currency)
    source = await FashionSource.open(home, LocalEmbedder(), settings.imported)
    yield source
    await source.close()
