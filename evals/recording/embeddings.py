"""Questions to documents that a server embeds (`cases/embeddings.yaml`), asked without a chat model; what it is sent is recorded."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.ask_cases import AskCase, ask_cases
from stylegraph.evals.harness.fake_sources import Routed
from stylegraph.evals.harness.fixtures import EMBEDDING_URL, opened_over, settings_for
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.evals.replay.http import cassette, replaying
from stylegraph.graphs.build import open_documents, open_library
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.ingestion.ingest import ingest

FOLDER = "embeddings"


class EmbeddingCase(AskCase):
    """A question to documents that a server embeds."""

    texts: dict[str, str]
    """File name -> what stands in it."""


@cache
def embedding_cases() -> Sequence[EmbeddingCase]:
    """Read the cases, in the order of the file."""
    return ask_cases("embeddings", EmbeddingCase)


async def index_and_ask(case: EmbeddingCase, settings: Settings) -> Watched:
    """Index a case's documents, then ask its question of them."""
    with _folder(case) as folder:
        files = [folder / name for name in case.texts]
        for file in files:
            file.write_text(case.texts[file.name], encoding="utf-8")
        there = settings.model_copy(update={"home": folder / "home"})
        async with open_embedder(there) as embedder:
            async with open_library(there, embedder) as library:
                await ingest(await library.index(FOLDER), files, settings=there)
            async with open_documents(there, embedder) as documents:
                router = Routed([documents.name])
                async with opened_over([documents], there, router=router, weigh=documents.term_weights) as assistant:
                    return await watch(assistant, case.question)


@contextmanager
def _folder(case: EmbeddingCase) -> Iterator[Path]:
    """Make a folder that is named the same each time in a process: evidence is known by where its document lies."""
    folder = Path(tempfile.gettempdir()) / f"stylegraph-evals-{os.getpid()}-{case.id}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def asked_again(case: EmbeddingCase) -> Watched:
    """Index and ask against what was recorded.

    Raises:
        ReplayError: The server is sent something else than what was recorded.
    """
    with replaying(cassette(FOLDER, case.id)) as recorded:
        given = {"embedding_model": recorded.against["embedding"], "embedding_base_url": EMBEDDING_URL}
        return await index_and_ask(case, settings_for(None, web=None, **given))
