"""Questions to documents are perturbed where the evidence passes, and are judged by labels that changed with it."""

import json

import pytest
from typer.testing import CliRunner

from stylegraph.agent.reply import Status
from stylegraph.evals.cli import app
from stylegraph.evals.harness.document_cases import holds, load_document_cases
from stylegraph.evals.harness.runs import Judged
from stylegraph.evals.perturbing import KINDS
from stylegraph.evals.perturbing.documents import perturbed, suite
from stylegraph.evals.perturbing.drops import chosen_cases, drops

WOOL = next(case for case in load_document_cases() if case.id == "d-ko-0001")


def test_other_numbers_are_in_the_evidence_and_in_the_facts():
    case = perturbed(WOOL, "number")
    assert case.facts == [["31℃", "31도"]]
    assert holds(case.edited("울은 30℃ 이하의 물에 빤다."), case.facts[0])


def test_a_question_whose_facts_are_gone_has_no_answer():
    case = perturbed(WOOL, "missing")
    assert (case.answerable, case.facts, case.document) == (False, [], None)
    assert case.edited("울은 30℃ 이하의 물에 빤다. 비틀지 않는다.") == "비틀지 않는다."


def test_a_question_that_nothing_answers_has_nothing_to_be_taken_away():
    nothing = next(case for case in load_document_cases() if not case.answerable)
    assert [perturbed(nothing, kind) is None for kind in KINDS] == [True, True, False, True]


async def test_the_answer_quotes_the_changed_evidence():
    one = suite("number")
    (case,) = [case for case in one.cases() if case.id == WOOL.id]
    async with one.opened("local") as answer:
        reply = (await answer(case)).reply
    assert reply.status is Status.ANSWERED
    assert "31℃" in reply.text
    assert "30℃" not in reply.text


def test_cases_are_taken_evenly():
    chosen = chosen_cases("wishes", "tune", 5)
    assert [len(ids) for ids in chosen.values()] == [5, 5, 5, 5]
    assert {case[2:4] for case in chosen["distractor"]} == {"ko", "en"}


def judged(suite, case, language="ko", **results):
    labels = {"maker": "local", "split": "tune", "language": language, "kind": "k", "asked": "?"}
    return Judged(suite=suite, case=case, passed=results, scores={}, **labels)


def test_a_drop_is_told_over_the_cases_that_were_judged_both_ways():
    runs = [
        *(judged("documents", case, answered=True) for case in ("a", "b", "c", "d")),
        *(judged("documents, missing", case, **{"said not to be there": case != "a"}) for case in ("a", "b")),
        judged("documents, missing", "elsewhere", answered=True),
    ]
    whole, korean = drops(runs)
    assert (whole.kind, whole.result, whole.language, whole.cases) == ("missing", "ended right", "all", 2)
    assert (whole.before, whole.after) == (1.0, 0.5)
    assert korean.language == "ko"


def test_the_command_tells_what_is_lost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["run", "wishes", "--perturbed", "--most", "4", "--name", "p", "--json"])
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert {row["kind"] for row in told if row["language"] == "all"} == set(KINDS)
    assert (tmp_path / "runs" / "p.jsonl").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"), [(["routes"], "can't be perturbed"), (["wishes", "--maker", "model"], "not recorded")]
)
def test_what_can_not_be_perturbed_is_said(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["run", *arguments, "--perturbed"])
    assert result.exit_code == 2
    assert said in result.stderr
