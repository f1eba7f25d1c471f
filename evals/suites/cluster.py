"""Answers from documents on an Elasticsearch cluster: `cases/cluster.yaml`, its searches replayed."""

from __future__ import annotations

from stylegraph.evals.harness.ask_cases import labels_of, told_of_turn
from stylegraph.evals.harness.suite import Suite, always
from stylegraph.evals.recording.elastic import cluster_cases, looked_up_again
from stylegraph.evals.suites.conversations import ASKED

SUITE = Suite(
    name="cluster",
    about="documents on Elasticsearch: found, in the other language, not there",
    cases=cluster_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=always(looked_up_again),
    evaluators=ASKED,
    told=told_of_turn,
)
