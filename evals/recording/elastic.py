"""Questions to documents on an Elasticsearch cluster (`cases/cluster.yaml`), asked without a model; what is searched for is recorded."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.ask_cases import AskCase, ask_cases
from stylegraph.evals.harness.fake_sources import Routed
from stylegraph.evals.harness.fixtures import ELASTIC_URL, opened_over, settings_for
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.evals.replay.http import cassette, replaying
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary
from stylegraph.tools.retrieval.hybrid.index import SearchIndex
from stylegraph.tools.retrieval.source import DocumentsSource

FOLDER = "cluster"
FILES = Path("/dev/shm/stylegraph-evals-cluster")  # noqa: S108 - only written while cases are recorded, on Linux
"""Where the documents lie while they are indexed: the same folder everywhere, for the keys of documents are made of their paths."""


class ClusterCase(AskCase):
    """A question to documents on a cluster."""

    texts: dict[str, str]
    """File name -> what stands in it."""


@cache
def cluster_cases() -> Sequence[ClusterCase]:
    """Read the cases, in the order of the file."""
    return ask_cases("cluster", ClusterCase)


async def fill(case: ClusterCase, settings: Settings) -> None:
    """Index a case's documents, in place of what a run before has left."""
    async with _library(case, settings) as library:
        index = await library.index(FOLDER)
        files = _written(case)
        await ingest(index, files, settings=settings)
        shutil.rmtree(FILES)
        await index.known(str(files[0]))  # others see what was written only then


def _written(case: ClusterCase) -> list[Path]:
    FILES.mkdir(exist_ok=True)
    for name, text in case.texts.items():
        (FILES / name).write_text(text, encoding="utf-8")
    return [FILES / name for name in case.texts]


async def empty(case: ClusterCase, settings: Settings) -> None:
    """Take a case's index away."""
    from stylegraph.tools.retrieval.elastic.cluster import Cluster

    cluster = Cluster(_of(case, settings))
    try:
        for index in (await cluster.client.indices.get(index=f"{cluster.prefix}-*")).body:
            await cluster.client.indices.delete(index=index)
    finally:
        await cluster.close()


async def look_up(case: ClusterCase, settings: Settings) -> Watched:
    """Ask a case's question of the documents on the cluster."""
    async with _library(case, settings) as library:
        documents = DocumentsSource(Listed(await library.indexes()))
        router = Routed([documents.name])
        async with opened_over([documents], settings, router=router, weigh=documents.term_weights) as assistant:
            return await watch(assistant, case.question)


async def looked_up_again(case: ClusterCase) -> Watched:
    """Ask it against what was recorded.

    Raises:
        ReplayError: The cluster is asked something else than what was recorded.
    """
    with replaying(cassette(FOLDER, case.id)):
        return await look_up(case, settings_for(None, web=None, elasticsearch_url=ELASTIC_URL))


class Listed:
    """A `Library` of what is there now: the cluster is not asked again after some seconds, so that a slow replay asks no more."""

    def __init__(self, indexes: Mapping[str, SearchIndex]) -> None:
        self._indexes = indexes

    async def indexes(self) -> Mapping[str, SearchIndex]:
        """Return them."""
        return self._indexes

    async def problems(self) -> Mapping[str, StylegraphError]:
        """Return none."""
        return {}


@asynccontextmanager
async def _library(case: ClusterCase, settings: Settings) -> AsyncIterator[ElasticLibrary]:
    library = ElasticLibrary(_of(case, settings), LocalEmbedder())
    try:
        yield library
    finally:
        await library.close()


def _of(case: ClusterCase, settings: Settings) -> Settings:
    """Return the settings with a prefix that no other case has."""
    return settings.model_copy(update={"elasticsearch_prefix": f"evals.{case.id}"})
