"""`tuning report` counts what is there, and draws it on one page that fetches nothing."""

import json
import re

import pytest
from typer.testing import CliRunner

from stylegraph.evals.cli import app
from stylegraph.evals.harness.runs import Judged, Run, save
from stylegraph.evals.tuning.examples import Example, Message, of_file, of_generated
from stylegraph.evals.tuning.figures import figures_of
from stylegraph.evals.tuning.forms import FORMS
from stylegraph.evals.tuning.pages import report_page


def example(question="울 니트는 어떻게 빨아요?", answer="찬물에 눌러 빱니다.", **more):
    given = {
        "language": "ko",
        "origin": "run r s/c",
        "made_by": "local",
        "answered": True,
        "grounded": 1.0,
        "in_language": True,
    }
    return Example(
        messages=(Message(role="user", content=question), Message(role="assistant", content=answer)),
        **{**given, **more},
    )


SET = [
    example(routes=("documents",)),
    example("울 니트는 어떻게 빨아요?", "찬물에  눌러 빱니다."),
    example("울 니트는 어떻게 빨아요?", "찬물에 눌러 빱니다!"),
    example(
        "Which boots are warm?",
        "Lined ones.",
        language="en",
        made_by="model",
        asked_by="model",
        routes=("fashion", "web"),
    ),
]


def test_everything_is_counted():
    figures = figures_of(SET)
    assert figures.size == 4
    assert figures.languages == {"ko": 3, "en": 1}
    assert figures.routes == {"not known": 2, "documents": 1, "fashion": 1, "web": 1}
    assert figures.asked_by == {"people": 3, "model": 1}
    assert figures.answered_by == {"local": 3, "model": 1}
    assert (figures.exact, figures.near) == (1, 1)
    assert figures.nearest[:3] == [1.0, 1.0, 1.0]
    assert figures.nearest[3] < 0.3
    assert figures.questions[3] == len("Which boots are warm?")


def test_what_is_alike_is_less_diverse():
    alike = figures_of([example() for _ in range(5)])
    different = figures_of(
        [example(question) for question in ("울 니트는 어떻게 빨아요?", "면접에 뭐 입죠?", "우산은 어디서 사나요?")]
    )
    assert alike.distinct < different.distinct
    assert alike.nearest[0] > max(different.nearest)


def test_the_page_draws_in_itself_and_fetches_nothing():
    drawn = report_page(
        figures_of([*SET, example("<script>alert(1)</script>은?", "아니요, 아닙니다.")]), "Training <examples>"
    )
    assert drawn.count("<svg") >= 8
    assert not re.search(r"(?:src|href)=|https?://|@import|<script", drawn)
    assert "Training &lt;examples&gt;" in drawn


@pytest.mark.parametrize("form", list(FORMS))
def test_an_exported_file_is_read_back_in_any_form(form, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(FORMS[form](one), ensure_ascii=False) + "\n" for one in SET), encoding="utf-8")
    again = list(of_file(path))
    assert [(one.question, one.answer, one.language) for one in again] == [
        (one.question, one.answer, one.language) for one in SET
    ]
    assert figures_of(again).asked_by == {"not known": 4}


def test_what_was_generated_is_told_as_written_by_a_model(tmp_path):
    line = {
        "id": "web-en-0001",
        "question": "Who won the rowing?",
        "answer": "I would look it up.",
        "route": "web",
        "language": "en",
        "model": "m",
    }
    (tmp_path / "pool.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (one,) = of_generated(tmp_path / "pool.jsonl")
    assert (one.routes, one.asked_by, one.made_by, one.grounded) == (("web",), "model", "model", 0.0)


def called(*arguments):
    return CliRunner().invoke(app, ["tuning", "report", *arguments])


def test_the_command_tells_and_writes_the_page(tmp_path):
    labels = {"suite": "documents", "maker": "local", "split": "tune", "language": "ko", "kind": "k"}
    judged = Judged(
        case="a", asked="린넨 어떻게 빨아요?", text="찬물에 빱니다. [1]", path=["routed: documents — 린넨"], **labels
    )
    save(Run(name="r", made="", judged=[judged]), tmp_path / "runs")
    page = tmp_path / "tuning.html"
    result = called("--run", "r", "--runs", str(tmp_path / "runs"), "--html", str(page), "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["size"], told["routes"], told["languages"]) == (1, {"documents": 1}, {"ko": 1})
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "routes           documents 1" in called("--run", "r", "--runs", str(tmp_path / "runs")).stdout


def test_nothing_to_report_and_a_line_that_is_no_example_are_said(tmp_path):
    assert "nothing to report" in called().stderr
    (tmp_path / "notes.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
    assert "line 1 is no example" in called(str(tmp_path / "notes.jsonl")).stderr
