"""Examples come out of kept runs and out of real conversations, without the numbers of citations that they don't hold."""

import json

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from typer.testing import CliRunner

from stylegraph.agent.settings import Settings
from stylegraph.evals.cli import app
from stylegraph.evals.harness.fake_sources import alike, shelf, text
from stylegraph.evals.harness.runs import Judged, Run, save
from stylegraph.evals.tuning.examples import of_run, of_threads
from stylegraph.graphs.api import ask
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.deciding import local_decisions
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.retrieval.source import DocumentsSource

LINEN = "린넨은 30도 이하의 찬물에서 중성세제로 빤다. 표백제는 쓰지 않는다."


def judged(case, **more):
    given = {"suite": "documents", "maker": "local", "split": "tune", "language": "ko", "kind": "answerable"}
    told = {"asked": f"{case} 어떻게 빨아요?", "text": f"{case}은 찬물에 빱니다. [1]", "passed": {"answered": True}}
    return Judged(**{**given, **told, "case": case, "scores": {"grounded": 1.0, "facts": 1.0}, **more})


def test_a_run_gives_its_answers_with_how_they_were_judged():
    good, wrong, poor = of_run(
        Run(
            name="r",
            made="",
            judged=[judged("린넨"), judged("울", passed={"answered": False}), judged("면", scores={"facts": 0.5})],
        )
    )
    assert good.answer == "린넨은 찬물에 빱니다."
    assert good.origin == "run r documents/린넨"
    assert [one.answered for one in (good, wrong, poor)] == [True, False, False]


def test_cases_without_words_are_no_examples():
    assert list(of_run(Run(name="r", made="", judged=[judged("a", error="broke"), judged("b", suite="routes")]))) == []


@pytest.fixture
def talked():
    settings = Settings(_env_file=None)
    sources = (shelf(DocumentsSource, [text("documents", "린넨", LINEN)]),)
    decisions = local_decisions(LocalEmbedder(), alike, sources, settings)
    parts = Parts(settings=settings, sources=sources, viewer=PictureViewer(settings, Garments()), **decisions._asdict())
    return build_assistant(parts).compile(checkpointer=InMemorySaver())


async def test_a_conversation_gives_each_of_its_turns_once_with_what_came_before(talked):
    await ask(talked, "린넨은 어떻게 빨아요?", thread="kim")
    await ask(talked, "고마워요", thread="kim")
    thanks, washing = [example async for example in of_threads(talked.checkpointer)]
    assert washing.question == "린넨은 어떻게 빨아요?"
    assert "30도" in washing.answer
    assert "[1]" not in washing.answer
    assert (washing.answered, washing.grounded, washing.made_by) == (True, 1.0, "local")
    assert [message.role for message in thanks.messages] == ["user", "assistant", "user", "assistant"]


def test_the_command_writes_what_is_kept_and_counts_the_rest(tmp_path):
    save(Run(name="r", made="", judged=[judged("린넨"), judged("울", passed={"answered": False})]), tmp_path / "runs")
    out = tmp_path / "tuning.jsonl"
    arguments = [
        "tuning",
        "export",
        str(out),
        "--run",
        "r",
        "--runs",
        str(tmp_path / "runs"),
        "--form",
        "alpaca",
        "--json",
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"file": str(out), "kept": 1, "left_out": {"not graded good": 1}}
    assert json.loads(out.read_text(encoding="utf-8"))["output"] == "린넨은 찬물에 빱니다."


def test_nothing_to_export_is_said(tmp_path):
    result = CliRunner().invoke(app, ["tuning", "export", str(tmp_path / "out.jsonl")])
    assert result.exit_code == 2
    assert "nothing to export" in result.stderr
