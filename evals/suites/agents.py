"""Conversations with our agent (`cases/agents.yaml`), replayed; `react` has the same of langchain's plain ReAct agent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import mean
from typing import Any

from pydantic_evals.evaluators import Evaluator

from stylegraph.evals.harness.agents.cases import AgentCase
from stylegraph.evals.harness.agents.sides import Side
from stylegraph.evals.harness.evaluators import Context, Results
from stylegraph.evals.harness.runs import Judged
from stylegraph.evals.harness.suite import Labels, Suite, Told
from stylegraph.evals.recording.agents import FOLDERS, held_again, recorded_cases

_ABOUT: dict[Side, str] = {
    "ours": "conversations of every kind with our agent, as recorded",
    "react": "the same conversations with langchain's plain ReAct agent, as recorded",
}


@dataclass(repr=False)
class Turns(Evaluator[AgentCase, Sequence[Judged], Any]):
    """The shares of a conversation's turns that are right and that cite what they must, and whether all citations and code are whole."""

    def evaluate(self, ctx: Context) -> Results:
        """Add up what was judged of each turn."""
        turns: Sequence[Judged] = ctx.output
        results: Results = {
            "right": mean(turn.passed["right"] for turn in turns),
            "citations exact": all(turn.passed["citations exact"] for turn in turns),
            "code whole": not any(turn.scores["broken"] for turn in turns),
        }
        if cited := [turn.passed["cited"] for turn in turns if "cited" in turn.passed]:
            results["cited"] = mean(cited)
        if revisions := sum(turn.scores["revisions"] for turn in turns):
            results["revisions needed"] = 1 - sum(turn.scores["needless"] for turn in turns) / revisions
        return results


@dataclass(repr=False)
class Amounts(Evaluator[AgentCase, Sequence[Judged], Any]):
    """What the conversation spent. Not a judgement: no threshold is put on it here."""

    def evaluate(self, ctx: Context) -> Results:
        """Add it up."""
        turns: Sequence[Judged] = ctx.output
        return {
            "calls": sum(turn.scores["calls"] for turn in turns),
            "trips": sum(turn.scores["trips"] for turn in turns),
            "tokens": sum(turn.scores["tokens_in"] + turn.scores["tokens_out"] for turn in turns),
        }


def suite_of(side: Side) -> Suite[AgentCase, Sequence[Judged]]:
    """Return the suite of an agent."""

    async def answer(case: AgentCase) -> Sequence[Judged]:
        return (await held_again(side, case))[1]

    return Suite(
        name=FOLDERS[side],
        about=_ABOUT[side],
        cases=lambda: recorded_cases(side),
        id_of=lambda case: case.id,
        labels=_labels,
        opened=lambda maker: nullcontext(answer),
        evaluators=(Turns(), Amounts()),
        told=lambda turns: Told(text="\n\n".join(turn.text for turn in turns), path=_path(turns)),
        makers=("model",),
    )


def _labels(case: AgentCase) -> Labels:
    return Labels(split=case.split, language=case.language, kind=case.kind, asked=case.asked)


def _path(turns: Sequence[Judged]) -> list[str]:
    return [f"{turn.case.rpartition('#')[2]}: {line}" for turn in turns for line in turn.path]


SUITE = suite_of("ours")
