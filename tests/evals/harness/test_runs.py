"""A run holds every case in order, also those that got no answer, and survives being written."""

from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from pydantic_evals.evaluators import Evaluator

from stylegraph.agent.errors import InputError
from stylegraph.evals.harness.runs import Judged, Run, judge, load, names, save
from stylegraph.evals.harness.suite import Labels, Suite, Told


@dataclass(repr=False)
class Doubled(Evaluator):
    def evaluate(self, ctx):
        return {"right": ctx.output == 2 * ctx.inputs, "size": float(ctx.output)}


@asynccontextmanager
async def doubling(maker):
    async def answer(number):
        if number == 3:
            raise ValueError("three is too much")
        return 2 * number + (number == 4)

    yield answer


def labels(number):
    return Labels(split="test" if number > 4 else "tune", language="ko", kind="number", asked=f"{number} 두 배는?")


NUMBERS = Suite(
    name="numbers",
    about="doubling",
    cases=lambda: [1, 2, 3, 4, 5],
    id_of=str,
    labels=labels,
    opened=doubling,
    evaluators=(Doubled(),),
    told=lambda output: Told(text=str(output), path=["doubled"]),
)


async def test_each_case_is_judged_in_order():
    judged = await judge(NUMBERS, "local", split="tune")
    assert [one.case for one in judged] == ["1", "2", "3", "4"]
    assert [one.passed for one in judged] == [{"right": True}, {"right": True}, {}, {"right": False}]
    assert judged[1].scores == {"size": 4.0}
    assert (judged[1].text, judged[1].path, judged[1].asked) == ("4", ["doubled"], "2 두 배는?")


async def test_a_case_without_an_answer_is_an_error_and_the_others_go_on():
    judged = await judge(NUMBERS, "local", split="tune")
    assert "three is too much" in judged[2].error
    assert [one.failed for one in judged] == [False, False, True, True]


async def test_what_is_judged_can_be_narrowed_and_is_counted():
    done = []
    judged = await judge(
        NUMBERS, "local", only=["5"], began=lambda count: done.append(count) or (lambda: done.append("one"))
    )
    assert [one.case for one in judged] == ["5"]
    assert done == [1, "one"]
    assert await judge(NUMBERS, "local", only=["none"]) == []


async def test_a_run_is_read_as_it_was_written(tmp_path):
    run = Run(name="first", made="2026-01-02T03:04:05Z", judged=await judge(NUMBERS, "local"))
    path = save(run, tmp_path)
    assert load("first", tmp_path) == run
    assert load(str(path)) == run
    assert names(tmp_path) == ["first"]


def test_a_missing_run_names_those_that_are_there(tmp_path):
    save(Run(name="kept", made="", judged=[]), tmp_path)
    with pytest.raises(InputError) as error:
        load("lost", tmp_path)
    assert "kept" in error.value.remedy


def test_a_broken_run_is_named(tmp_path):
    (tmp_path / "broken.jsonl").write_text('{"run": "broken"}\nnot json\n', encoding="utf-8")
    with pytest.raises(InputError, match="is not a run"):
        load("broken", tmp_path)


def test_what_is_judged_are_numbers():
    one = Judged(
        suite="s",
        case="c",
        maker="local",
        split="tune",
        language="en",
        kind="k",
        asked="?",
        passed={"a": True},
        scores={"b": 0.5},
    )
    assert one.results == {"a": 1.0, "b": 0.5}
