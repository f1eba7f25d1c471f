"""The catalogue, opened as a source: on the cluster where one is set, else in files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from stylegraph.agent.extras import needed
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.fashion.source import FashionSource

if TYPE_CHECKING:
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary


@asynccontextmanager
async def open_fashion(settings: Settings, embedder: Embedder) -> AsyncIterator[FashionSource]:
    """Open the fashion catalogue; the first time it is indexed, in seconds."""
    async with AsyncExitStack() as stack:
        cluster = _shelves(settings, embedder)
        if cluster is not None:
            stack.push_async_callback(cluster.close)
        rates = settings.exchange_rates
        catalogue, currency = settings.catalogue_in_use, settings.catalogue_currency
        fashion = await FashionSource.open(settings.home, embedder, catalogue, cluster, rates, currency)
        stack.push_async_callback(fashion.close)
        yield fashion


def _shelves(settings: Settings, embedder: Embedder) -> ElasticLibrary | None:
    """Return where the cluster keeps catalogues: under a prefix of their own, so that no document is looked for there."""
    if settings.elasticsearch_url is None:
        return None
    with needed("Elasticsearch"):
        from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

    prefix = f"{settings.elasticsearch_prefix}.fashion"
    return ElasticLibrary(settings.model_copy(update={"elasticsearch_prefix": prefix}), embedder)
