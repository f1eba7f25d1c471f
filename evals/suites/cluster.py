"""Answers from documents on an Elasticsearch cluster: `cases/cluster.yaml`, its searches replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.evals.asking import labels_of, told_of_turn
from stylegraph.evals.clusters import ClusterCase, cluster_cases, looked_up_again
from stylegraph.evals.suite import Maker, Suite, Task
from stylegraph.evals.suites.conversations import ASKED
from stylegraph.evals.watching import Watched


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[ClusterCase, Watched]]:
    yield looked_up_again


SUITE = Suite(
    name="cluster",
    about="documents on Elasticsearch: found, in the other language, not there",
    cases=cluster_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=_opened,
    evaluators=ASKED,
    told=told_of_turn,
)
