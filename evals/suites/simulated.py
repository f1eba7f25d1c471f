"""Simulated people with goals, over several turns: `cases/simulated.yaml`. Scripted without a model, by a chat model with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_evals.evaluators import Evaluator

from stylegraph.evals.harness.evaluators import Context, Results
from stylegraph.evals.harness.simulated.goals import Goal, goals
from stylegraph.evals.harness.simulated.holding import Held, live, opened
from stylegraph.evals.harness.simulated.judging import contradictions, met_at
from stylegraph.evals.harness.suite import Labels, Suite, Told


@dataclass(repr=False)
class Reached(Evaluator[Goal, Held, Any]):
    """Every need of the goal is met; with the share of needs, and how many turns it took."""

    def evaluate(self, ctx: Context) -> Results:
        """Look for the turn that met each need."""
        goal, turns = ctx.inputs, ctx.output.turns
        met = [met_at(goal, need, turns) is not None for need in goal.needs]
        return {"goal reached": all(met), "needs met": sum(met) / len(met), "turns": float(len(turns))}


@dataclass(repr=False)
class Consistent(Evaluator[Goal, Held, Any]):
    """Nothing in the conversation contradicts what was said in it before."""

    def evaluate(self, ctx: Context) -> Results:
        """Check refusals, limits, the language, and facts that are told again."""
        return {**contradictions(ctx.inputs, ctx.output.turns)}


def _labels(goal: Goal) -> Labels:
    asked = " → ".join(need.say for need in goal.needs)
    return Labels(split=goal.split, language=goal.language, kind=goal.kind, asked=asked)


SUITE = Suite(
    name="simulated",
    about="people with goals over several turns: reached, turns, contradictions",
    cases=goals,
    id_of=lambda goal: goal.id,
    labels=_labels,
    opened=opened,
    evaluators=(Reached(), Consistent()),
    told=lambda held: Told(text=held.turns[-1].reply.text if held.turns else "", path=held.path),
    live=live,
)
