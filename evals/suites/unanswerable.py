"""What can't or won't be answered, and what must be asked first: `cases/unanswerable.yaml`, over the samples."""

from __future__ import annotations

from stylegraph.evals.harness.ask_cases import AskCase, ask_cases, labels_of, live, opened, told_of_turn
from stylegraph.evals.harness.suite import Suite
from stylegraph.evals.suites.conversations import ASKED

SUITE = Suite(
    name="unanswerable",
    about="nothing known, nothing made up, declined, and questions that must be put back",
    cases=lambda: ask_cases("unanswerable", AskCase),
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=opened,
    evaluators=ASKED,
    told=told_of_turn,
    live=live,
)
