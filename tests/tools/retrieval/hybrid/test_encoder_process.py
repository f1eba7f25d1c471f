"""Processes that encode share what the first of them has loaded."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.retrieval.hybrid.encoder_pool import Encoders
from stylegraph.tools.retrieval.hybrid.encoder_process import Copy, Worker, workers_for
from stylegraph.tools.retrieval.hybrid.encoder_worker import WARM_UP
from stylegraph.tools.retrieval.hybrid.encoding import encode

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="copies are made where a process may be forked safely"),
]


class Threaded(LocalEmbedder):
    """Stands in for an embedding that starts threads."""

    may_fork = False


@asynccontextmanager
async def three() -> AsyncIterator[Encoders]:
    async with Encoders(LocalEmbedder(), processes=3) as encoders:
        encoders.expect(10**9)
        assert len(await encoders.encode([WARM_UP])) == 1  # it waits for a process: the thread was taken away
        yield encoders


async def test_models_are_in_memory_once_however_many_processes_there_are() -> None:
    async with three() as encoders:
        (first, *copies) = encoders._workers
        assert isinstance(first, Worker)
        assert len(copies) == 2
        assert all(isinstance(copy, Copy) for copy in copies)
        memory = [
            one.memory_full_info()
            for one in psutil.Process().children(recursive=True)
            if "encoder_worker" in "".join(one.cmdline())
        ]
        assert len(memory) == 3
        assert sum(one.pss for one in memory) < 0.6 * sum(one.rss for one in memory)


async def test_where_no_process_can_be_started_the_thread_works_after_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    async with asyncio.timeout(60), three() as encoders:
        assert not encoders._workers


def test_an_embedding_that_may_not_be_copied_is_loaded_by_each_process() -> None:
    assert [len(workers_for(encode, one, 3)) for one in (None, LocalEmbedder(), Threaded())] == [1, 1, 3]
