"""Conversations with the whole assistant, over the samples and without a model: `cases/conversations.yaml`."""

from __future__ import annotations

from stylegraph.evals.harness.ask_cases import AskCase, ask_cases, labels_of, live, opened, told_of_turn
from stylegraph.evals.harness.evaluators import AnswerLanguage, Citations, EndsAs, Facts, Latency, RouteSet
from stylegraph.evals.harness.suite import Suite
from stylegraph.evals.harness.turn_evaluators import Constraints, LookedFor, Noted, NothingMadeUp, StandsAlone

ASKED = (
    RouteSet(),
    StandsAlone(),
    LookedFor(),
    EndsAs(),
    Facts(),
    NothingMadeUp(),
    Citations(),
    Noted(),
    Constraints(),
    AnswerLanguage(),
    Latency(),
)
"""What is judged of any turn of the whole assistant; what a case does not label is left out."""


SUITE = Suite(
    name="conversations",
    about="follow-ups, other topics, questions put back, one of what was shown, restarts",
    cases=lambda: ask_cases("conversations", AskCase),
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=opened,
    evaluators=ASKED,
    told=told_of_turn,
    live=live,
)
