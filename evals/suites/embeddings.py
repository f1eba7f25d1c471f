"""Answers from documents that a server embeds: `cases/embeddings.yaml`, the server's vectors replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.evals.asking import labels_of, told_of_turn
from stylegraph.evals.embeddings import EmbeddingCase, asked_again, embedding_cases
from stylegraph.evals.suite import Maker, Suite, Task
from stylegraph.evals.suites.conversations import ASKED
from stylegraph.evals.watching import Watched


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[EmbeddingCase, Watched]]:
    yield asked_again


SUITE = Suite(
    name="embeddings",
    about="documents that a server embeds: indexed, found by words and by meaning, not there",
    cases=embedding_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=_opened,
    evaluators=ASKED,
    told=told_of_turn,
)
