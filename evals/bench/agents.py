"""Our graph beside langchain's plain ReAct agent: same questions, same sources, same model.

    stylegraph-bench agents                                          # what was recorded, replayed
    python -m stylegraph.evals.bench.agents --base-url 'http://127.0.0.1:8399/{case}/v1' --model handmodel [--record]
    python -m stylegraph.evals.bench.agents --runs BEFORE AFTER      # two runs, case by case

Any server that speaks OpenAI's protocol will do; its key: OPENAI_API_KEY. `{case}` in the address becomes the case's id, by
which whoever answers by hand, and a recording, tells the conversations apart. Seconds are 0.4 a call and 0.01 a token of its
answer along the longest chain, whatever the machine. What is judged stands in `evals/harness/agents/judging.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import mean
from typing import NamedTuple

from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.agents.cases import AgentCase, chosen_cases
from stylegraph.evals.harness.agents.running import Done, hold_all, patient
from stylegraph.evals.harness.agents.sides import SIDES, Side
from stylegraph.evals.harness.comparison import Change, compare
from stylegraph.evals.harness.runs import Judged, Run, load, now, save
from stylegraph.evals.recording.agents import CASE, record_all, recorded_cases, replay_all

_ALL = "all"


class Row(NamedTuple):
    """What one agent made of the turns of one kind; costs are means for one turn, the other amounts are sums."""

    kind: str
    side: str
    turns: int
    right: int
    must_cite: int
    cited: int
    calls: float
    trips: float
    tokens_in: float
    tokens_out: float
    seconds: float
    checked: int
    inexact: int
    broken: int
    revisions: int
    needless: int


def rows(judged: Mapping[str, Sequence[Judged]]) -> list[Row]:
    """Count by kind and agent, in the order of the kinds, and over all in the end.

    Args:
        judged: Agent -> its turns.
    """
    kinds = list(dict.fromkeys(one.kind for turns in judged.values() for one in turns))
    return [
        _row(kind, side, [one for one in turns if kind in (_ALL, one.kind)])
        for kind in [*kinds, _ALL]
        for side, turns in judged.items()
    ]


def _row(kind: str, side: str, turns: Sequence[Judged]) -> Row:
    def each(name: str) -> list[float]:
        return [one.results[name] for one in turns if name in one.results]

    means = {name: mean(each(name) or [0.0]) for name in ("calls", "trips", "tokens_in", "tokens_out", "seconds")}
    sums = {name: int(sum(each(name))) for name in ("right", "cited", "checked", "broken", "revisions", "needless")}
    inexact = sum(not value for value in each("citations exact"))
    return Row(kind, side, len(turns), must_cite=len(each("cited")), inexact=inexact, **means, **sums)  # type: ignore[arg-type]


def table(counted: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    head = "| kind | agent | right | cites | calls | trips | prompt | answer | seconds | checked | inexact | broken | revised | needlessly |"
    lines = [
        f"| {row.kind} | {row.side} | {row.right}/{row.turns} | {row.cited}/{row.must_cite} | {row.calls:.2f} | {row.trips:.2f} "
        f"| {row.tokens_in:,.0f} | {row.tokens_out:,.0f} | {row.seconds:.2f} | {row.checked} | {row.inexact} | {row.broken} "
        f"| {row.revisions} | {row.needless} |"
        for row in counted
    ]
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *lines])


def differences(changes: Sequence[Change]) -> str:
    """Return what differs between two runs, result by result, with the turns that did."""
    lines = [
        f"{one.result:16} {one.before:9.3f} -> {one.after:9.3f}  [{one.low:+.3f}, {one.high:+.3f}] over {one.cases} turns"
        + "".join(f"\n    {word}: {', '.join(ids)}" for word, ids in _told(one) if ids)
        for one in changes
    ]
    return "\n".join(lines) or "The runs have no turn in common."


def _told(change: Change) -> list[tuple[str, list[str]]]:
    """Return the turns that differ, where that is yes or no."""
    return [("better", change.better), ("worse", change.worse)] if change.result in ("right", "cited") else []


def wrong(judged: Sequence[Judged]) -> str:
    """Return what was wrong with which turn."""
    told = [(one.case, one.error or "; ".join(_reasons(one))) for one in judged if one.error or _reasons(one)]
    return "\n".join(f"  {case:12} {why}" for case, why in told)


def _reasons(one: Judged) -> list[str]:
    return [line.removeprefix("wrong: ") for line in one.path if line.startswith("wrong: ")]


async def _asked(side: Side, options: argparse.Namespace, cases: Sequence[AgentCase]) -> list[Judged]:
    """Ask the cases of one agent: of a server, or of what was recorded."""
    judged: dict[str, Sequence[Judged]] = {}
    done = _noting(judged, side, len(cases))
    if options.base_url is None:
        await replay_all(side, cases, done)
    elif options.record:
        for why in await record_all(side, cases, options.model, options.base_url, options.jobs, done):
            print(f"not recorded: {why}", file=sys.stderr)
    else:
        await hold_all(side, cases, _settings(options), options.jobs, done)
    return [one for case in cases for one in judged[case.id]]


def _settings(options: argparse.Namespace) -> Callable[[AgentCase], Settings]:
    key = os.environ.get("OPENAI_API_KEY")
    given: dict[str, object] = {"openai_api_key": key} if key else {}
    return lambda case: patient(options.model, options.base_url.replace(CASE, case.id), effort=options.effort, **given)


def _noting(judged: dict[str, Sequence[Judged]], side: str, count: int) -> Done:
    def done(case: AgentCase, turns: Sequence[Judged]) -> None:
        judged[case.id] = turns
        verdict = "right" if all(one.passed.get("right") for one in turns) else "WRONG"
        print(f"{side} {len(judged)}/{count} {case.id} {verdict}", file=sys.stderr, flush=True)

    return done


async def _run(options: argparse.Namespace) -> None:
    judged: dict[str, list[Judged]] = {}
    for side in [options.side] if options.side else SIDES:
        cases = chosen_cases(options.split, options.case)
        if options.base_url is None or options.missing:
            cases = [case for case in cases if (case in recorded_cases(side)) is not options.missing]
        if cases:
            judged[side] = await _asked(side, options, cases)
            print(save(Run(name=f"{options.run}-{side}", made=now(), judged=judged[side])))
    if not judged:
        print("Nothing is recorded yet. Ask a model: --base-url URL --model NAME [--record].")
        return
    print(table(rows(judged)))
    for side, turns in judged.items():
        print(f"\n{side}, what was wrong:\n{wrong(turns) or '  nothing'}")
    if len(judged) > 1:
        print("\nreact -> ours:\n" + differences(compare(judged["react"], judged["ours"])))


def main() -> None:
    """Print the table, or how two runs differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", help="the model's server; without it what was recorded is replayed")
    parser.add_argument("--model", default="handmodel", help="its name there")
    parser.add_argument("--side", choices=SIDES, help="one of the agents; both by default")
    parser.add_argument("--split", choices=["tune", "test"], help="both by default")
    parser.add_argument("--case", action="append", default=[], metavar="ID", help="only this one; may be repeated")
    parser.add_argument("--effort", choices=["quick", "standard", "thorough"], default="standard", help="of our graph")
    parser.add_argument("--jobs", type=int, default=12, help="conversations at once")
    parser.add_argument("--record", action="store_true", help="keep what is asked and answered as cassettes")
    parser.add_argument("--missing", action="store_true", help="only what is not recorded yet: to go on after a break")
    parser.add_argument(
        "--run", default="agents", help="name of the run's files: runs/NAME-ours.jsonl, runs/NAME-react.jsonl"
    )
    parser.add_argument("--runs", nargs=2, metavar=("BEFORE", "AFTER"), help="compare two runs, and ask nothing")
    options = parser.parse_args()
    if options.record and CASE not in (options.base_url or ""):
        parser.error(f"--record needs an address with {CASE} in it: --base-url 'http://127.0.0.1:8399/{CASE}/v1'")
    if options.runs:
        before, after = (load(name).judged for name in options.runs)
        print(differences(compare(before, after)))
        return
    asyncio.run(_run(options))


if __name__ == "__main__":
    main()
