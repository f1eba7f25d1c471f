"""Answers from documents that a server embeds: `cases/embeddings.yaml`, the server's vectors replayed."""

from __future__ import annotations

from stylegraph.evals.harness.ask_cases import labels_of, told_of_turn
from stylegraph.evals.harness.suite import Suite, always
from stylegraph.evals.recording.embeddings import asked_again, embedding_cases
from stylegraph.evals.suites.conversations import ASKED

SUITE = Suite(
    name="embeddings",
    about="documents that a server embeds: indexed, found by words and by meaning, not there",
    cases=embedding_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=always(asked_again),
    evaluators=ASKED,
    told=told_of_turn,
)
