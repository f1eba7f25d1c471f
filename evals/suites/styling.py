"""Outfits asked of the whole assistant, over the sample catalogue: `cases/styling.yaml`."""

from __future__ import annotations

from stylegraph.evals.harness.ask_cases import AskCase, ask_cases, labels_of, live, opened, told_of_turn
from stylegraph.evals.harness.suite import Suite
from stylegraph.evals.harness.turn_evaluators import OutfitKept
from stylegraph.evals.suites.conversations import ASKED

SUITE = Suite(
    name="styling",
    about="outfits for an occasion, a weather, a price, or around a piece",
    cases=lambda: ask_cases("styling", AskCase),
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=opened,
    evaluators=(*ASKED, OutfitKept()),
    told=told_of_turn,
    live=live,
)
