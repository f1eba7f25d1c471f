"""Models that fail or whose budget ends: `cases/outages.yaml`, recorded against a scripted server and replayed."""

from __future__ import annotations

from stylegraph.evals.harness.ask_cases import labels_of, told_of_turn
from stylegraph.evals.harness.suite import Suite, always
from stylegraph.evals.recording.outages import endured_again, outage_cases
from stylegraph.evals.suites.budgets import JUDGED

SUITE = Suite(
    name="outages",
    about="a model that is down, answers nonsense, or may not be asked again",
    cases=outage_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=always(endured_again),
    evaluators=JUDGED,
    told=told_of_turn,
    makers=("model",),
)
