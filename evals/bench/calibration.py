"""How far the probabilities of the local decisions can be taken at their word, by decision and language.

routing: whether the routes of `cases/routes.yaml` are exactly the labelled ones, beside the router's `confidence`.
groundedness: whether the evidence of `cases/support.yaml` bears a sentence that differs from it in one thing or in none.
relevance: whether evidence is that of the question, or of one of the three cases after it. answers: whether an answer
answers. The last three are asked of `LocalDecisions`. By default the test split is asked, of which nothing was fitted;
`python -m stylegraph.evals.bench.calibration --split tune` asks what the calibration was fitted to.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from langchain_core.decisions import Noul

from stylegraph.agent.text.language import LANGUAGES, Language
from stylegraph.evals.bench.reliability import diagram, reliability
from stylegraph.evals.cases import Split, load_cases
from stylegraph.evals.grading.cases import answer_pairs, sentence_pairs, support_cases
from stylegraph.evals.training.router import route_all
from stylegraph.tools.decisions.local import LocalDecisions

_AFTER = 3


class Predicted(NamedTuple):
    """A probability and what came."""

    language: Language
    said: float
    came: bool


async def routing(split: Split) -> list[Predicted]:
    """Route the cases; what came is whether the routes are exactly the labelled ones."""
    routed = await route_all([case for case in load_cases("routes") if case.split == split])
    return [Predicted(one.case.language, one.routing["confidence"], one.exact) for one in routed]


async def groundedness(split: Split) -> list[Predicted]:
    """Ask for each sentence whether its evidence says it."""
    model, pairs = LocalDecisions(), sentence_pairs(split)
    said = [await _yes(model, {"claim": one.text, "evidence": [*one.case.evidence]}) for one in pairs]
    return [Predicted(one.case.language, likely, one.label) for one, likely in zip(pairs, said, strict=True)]


async def relevance(split: Split) -> list[Predicted]:
    """Ask for each question whether its own evidence answers it, and that of the cases after it."""
    model, found = LocalDecisions(), []
    for language in LANGUAGES:
        cases = [case for case in support_cases() if case.split == split and case.language == language]
        for place, case in enumerate(cases):
            for step in range(_AFTER + 1):
                passage = " ".join(cases[(place + step) % len(cases)].evidence)
                likely = await _yes(model, {"question": case.question, "passage": passage})
                found.append(Predicted(language, likely, step == 0))
    return found


async def answers(split: Split) -> list[Predicted]:
    """Ask for each answer whether it answers."""
    model, pairs = LocalDecisions(), answer_pairs(split)
    said = [
        await _yes(model, {"question": one.case.question, "answer": one.text, "evidence": [*one.case.evidence]})
        for one in pairs
    ]
    return [Predicted(one.case.language, likely, one.label) for one, likely in zip(pairs, said, strict=True)]


async def _yes(model: LocalDecisions, named: Mapping[str, object]) -> float:
    asked = {"it": Noul(instructions={"task": "Is it so?", **named})}  # type: ignore[dict-item]
    return (await model.ainvoke({"state": "", "questions": asked})).nouls["it"].noul


def balanced(rows: Sequence[Predicted]) -> float:
    """Return balanced accuracy: the mean share that is right of what came and of what did not."""
    shares = [[(row.said >= 0.5) == row.came for row in rows if row.came == came] for came in (True, False)]
    return float(np.mean([np.mean(share) for share in shares if share]))


def report(name: str, rows: Sequence[Predicted]) -> str:
    """Return the figures of one decision: together, by language, and the reliability diagram."""
    lines = [_line(name, rows)]
    for language in LANGUAGES:
        own = [row for row in rows if row.language == language]
        lines += [
            _line(f"  {language}", own),
            diagram(reliability([one.said for one in own], [one.came for one in own])),
        ]
    return "\n".join(lines)


def _line(name: str, rows: Sequence[Predicted]) -> str:
    found = reliability([row.said for row in rows], [row.came for row in rows])
    came = np.mean([row.came for row in rows])
    return (
        f"{name:14} {found.size:5} asked, {came:.3f} came: Brier {found.brier:.3f} (saying {came:.2f} of all: "
        f"{came * (1 - came):.3f}), calibration error {found.error:.3f}, balanced accuracy {balanced(rows):.3f}"
    )


async def run(split: Split) -> None:
    """Print the figures of each decision."""
    for name, ask in (
        ("routing", routing),
        ("groundedness", groundedness),
        ("relevance", relevance),
        ("answers", answers),
    ):
        print(report(name, await ask(split)))


def main() -> None:
    """Run the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="test")
    asyncio.run(run(parser.parse_args().split))


if __name__ == "__main__":
    main()
