"""The sample knowledge, indexed the first time that there is nothing else to answer from."""

from __future__ import annotations

import asyncio
import logging
import shutil
import uuid
from pathlib import Path

from stylegraph.agent.errors import EmbeddingError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.knowledge.samples import SAMPLES, samples
from stylegraph.tools.retrieval.attached.registry import Registry
from stylegraph.tools.retrieval.library import IndexFolder

logger = logging.getLogger(__name__)


async def add_samples(settings: Settings, embedder: Embedder) -> bool:
    """Index the sample knowledge if there is no index at all and the settings want it; say whether it was done.

    With a cluster it is not done: the files of this machine stand in for the cluster, and the samples are nobody's.
    The index is made aside and moved into place whole, so a crash leaves nothing half made, and of two processes that
    start together one wins.

    Raises:
        EmbeddingError: The embedding's server did not answer; nothing is left, and the next start tries again.
        IndexStoreError: What is attached can't be read.
    """
    if not settings.samples or settings.has_elasticsearch or await asyncio.to_thread(_has_any, settings):
        return False
    aside = settings.home / f"indexes-{uuid.uuid4().hex}"
    try:
        await _index_samples(aside, settings, embedder)
        await asyncio.to_thread(_into_place, aside, settings.indexes)
    finally:
        await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)
    return True


def _has_any(settings: Settings) -> bool:
    return settings.indexes.exists() or bool(Registry(settings.home).all())


async def _index_samples(folder: Path, settings: Settings, embedder: Embedder) -> None:
    from stylegraph.tools.ingestion.formats.files import NOT_INSTALLED
    from stylegraph.tools.ingestion.ingest import ingest  # its readers take 0.2 s that only the first run needs

    library = IndexFolder(folder, embedder)
    try:
        index = await library.index(SAMPLES)
        for sample in samples():
            report = await ingest(index, [sample.path], settings=settings, css_class=sample.css_class)
            failures = report.sources[0].failures
            if any(failure.reason == NOT_INSTALLED for failure in failures):  # the other samples are worth having
                logger.warning("a sample %s: %s", failures[0].reason, failures[0].remedy)
                continue
            for failure in failures:
                raise EmbeddingError(failure.reason, failure.remedy)
    finally:
        await library.close()


def _into_place(aside: Path, indexes: Path) -> None:
    if not indexes.exists():
        aside.rename(indexes)
