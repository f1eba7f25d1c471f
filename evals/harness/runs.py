"""A run: what was answered and how it was judged, case by case, in a file of its own (JSON, one object a line)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_evals.reporting import EvaluationReport, ReportCase, ReportCaseFailure

from stylegraph.agent.errors import InputError
from stylegraph.evals.grading.agreement import Verdict
from stylegraph.evals.harness.suite import AnySuite, LiveSettings, Maker, Task
from stylegraph.evals.replay.http import ReplayError

RUNS = Path("runs")
"""Where runs are kept, in the working folder."""


WHOLE = frozenset(
    {"facts", "query terms", "constraints", "figures borne", "of the right pages", "category", "no garment told"}
)
"""Shares that a case falls short of when they are not whole."""


class Judged(BaseModel):
    """One case, answered and judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    case: str
    maker: Maker
    split: str
    language: str
    kind: str
    asked: str
    text: str = ""
    path: list[str] = []
    passed: dict[str, bool] = {}
    """What is true or false."""
    scores: dict[str, float] = {}
    """What is measured."""
    verdicts: list[Verdict] = []
    """Of a grader, sentence by sentence."""
    seconds: float = 0.0
    error: str | None = None
    """Why there is no answer."""
    stale: str | None = None
    """The cassette that does not fit any more, as `turns/t-ko-01`."""

    @property
    def results(self) -> dict[str, float]:
        """All that was judged, as numbers."""
        return {**{name: float(flag) for name, flag in self.passed.items()}, **self.scores}

    @property
    def wrong(self) -> list[str]:
        """Results that are not as they should be: false, or a share that should be whole."""
        short = [name for name, value in self.scores.items() if name in WHOLE and value < 1]
        return [name for name, flag in self.passed.items() if not flag] + short

    @property
    def failed(self) -> bool:
        """Whether anything is not as it should be: a wrong result, or no answer at all."""
        return self.error is not None or bool(self.wrong)


class Run(BaseModel):
    """All cases of one run."""

    name: str
    made: str
    """When, UTC."""
    judged: list[Judged]


async def judge(
    suite: AnySuite,
    maker: Maker,
    *,
    split: str | None = None,
    only: Sequence[str] = (),
    live: LiveSettings | None = None,
    began: Callable[[int], Callable[[], None]] = lambda _: lambda: None,
) -> list[Judged]:
    """Answer and judge the cases of a suite, one after another: timings and cassettes allow no two at once.

    Args:
        suite: The suite.
        maker: Who answers.
        split: `tune` or `test`; None: both.
        only: Ids of the cases that are wanted; none: all.
        live: Makes settings of real servers, which are asked instead of what was recorded.
        began: Called with the number of cases; what it gives is called when a case is done.
    """
    dataset = suite.dataset(split, only)
    if not dataset.cases:
        return []
    stale: dict[str, str] = {}
    async with suite.live(live) if live and suite.live else suite.opened(maker) as task:
        watched = _watched(task, suite, began(len(dataset.cases)), stale)
        report = await dataset.evaluate(watched, name=suite.name, task_name=maker, max_concurrency=1, progress=False)
    judged = _in_order(report, suite, maker, [str(case.name) for case in dataset.cases])
    return [one.model_copy(update={"stale": stale.get(one.case)}) for one in judged]


def _watched(
    task: Task[Any, Any], suite: AnySuite, advance: Callable[[], None], stale: dict[str, str]
) -> Task[Any, Any]:
    async def watched(case: Any) -> Any:  # noqa: ANN401 - whatever the suite's cases are
        try:
            return await task(case)
        except ReplayError as error:
            stale[suite.id_of(case)] = error.cassette
            raise
        finally:
            advance()

    return watched


def _in_order(
    report: EvaluationReport[Any, Any, Any], suite: AnySuite, maker: Maker, names: Sequence[str]
) -> list[Judged]:
    done = {one.name: _judged(one, suite, maker) for one in report.cases}
    done |= {one.name: _not_answered(one, suite, maker) for one in report.failures}
    return [done[name] for name in names]


def _judged(one: ReportCase[Any, Any, Any], suite: AnySuite, maker: Maker) -> Judged:
    broken = [f"{failure.name}: {failure.error_message}" for failure in one.evaluator_failures]
    return Judged(
        suite=suite.name,
        case=one.name,
        maker=maker,
        passed={name: result.value for name, result in one.assertions.items()},
        scores={name: float(result.value) for name, result in one.scores.items()},
        verdicts=suite.verdicts(one.inputs, one.output) if suite.verdicts else [],
        seconds=round(one.task_duration, 4),
        error="; ".join(broken) or None,
        **suite.told(one.output),
        **(one.metadata or {}),
    )


def _not_answered(one: ReportCaseFailure[Any, Any, Any], suite: AnySuite, maker: Maker) -> Judged:
    error = one.error_message
    return Judged(suite=suite.name, case=one.name, maker=maker, error=error, **(one.metadata or {}))


def now() -> str:
    """Return the time in UTC, as 2026-11-24T05:15:17Z."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def save(run: Run, folder: Path = RUNS) -> Path:
    """Write a run into a folder; give its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.name}.jsonl"
    lines = [json.dumps({"run": run.name, "made": run.made})]
    lines += [one.model_dump_json() for one in run.judged]
    whole = path.with_suffix(".part")
    whole.write_text("\n".join(lines) + "\n", encoding="utf-8")
    whole.replace(path)  # a run is there whole or not at all
    return path


def load(name: str, folder: Path = RUNS) -> Run:
    """Read a run by its name or its file.

    Raises:
        InputError: There is none, or it can't be read.
    """
    path = Path(name) if name.endswith(".jsonl") else folder / f"{name}.jsonl"
    try:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        about = json.loads(head)
        return Run(name=about["run"], made=about["made"], judged=[Judged.model_validate_json(line) for line in lines])
    except OSError:
        there = ", ".join(names(folder)) or "none yet"
        raise InputError(f"There is no run {name!r}.", f"Runs in {folder}: {there}.") from None
    except (ValueError, KeyError, ValidationError) as error:
        raise InputError(f"{path} is not a run: {error}.", "Make it again: stylegraph-evals run.") from None


def names(folder: Path = RUNS) -> list[str]:
    """Return the names of the runs that are there, the newest last."""
    return [path.stem for path in sorted(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime)]
