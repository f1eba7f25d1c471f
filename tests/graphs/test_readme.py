"""What the READMEs show is what the code does."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs import api, build
from stylegraph.graphs.assistant import build_assistant
from stylegraph.graphs.cli.app import app

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
async def test_the_diagram_is_the_one_that_the_code_draws(name, tmp_path):
    async with build.open_parts(Settings(_env_file=None, home=tmp_path, samples=False)) as parts:
        drawn = build_assistant(parts).compile().get_graph().draw_mermaid()
    shown = re.search(r"```mermaid\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert shown, f"{name} has no diagram"
    assert shown[1].strip() == drawn.strip(), "stale: paste what `stylegraph graph` prints"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def at_home(monkeypatch, home):
    """Run as a newcomer does: in the repository, with nothing set but where the state lives."""
    for name in [name for name in os.environ if name.startswith(("STYLEGRAPH_", "OPENAI_", "TAVILY_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STYLEGRAPH_HOME", str(home))
    monkeypatch.chdir(ROOT)


def blocks(name, kind):
    return re.findall(rf"```{kind}\n(.*?)\n```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_answers_are_those_that_are_given(name, at_home):
    shown = [block for block in blocks(name, "console") if block.startswith("$ make ask")]
    assert len(shown) == 2
    for block in shown:
        command, _, answer = block.partition("\n")
        question = re.search(r'Q="(.*)"', command)
        asked = (
            question[1] if question else re.search(r"^Q \?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
        )
        printed = CliRunner().invoke(app, ["ask", asked]).stdout
        assert answer.strip() == printed.strip(), f"stale: paste what `{command.removeprefix('$ ')}` prints"


@pytest.mark.parametrize(
    ("number", "says"),
    [(0, "원)"), (1, "[1]"), (2, "Wednesday")],
)
def test_the_examples_run_as_they_stand(number, says, at_home, capsys):
    example = blocks("README.md", "python")[number]
    exec(compile(example, f"README.md, example {number + 1}", "exec"), {"__name__": "__main__"})
    assert says in capsys.readouterr().out


def test_both_readmes_have_the_same_examples():
    assert blocks("README.md", "python") == blocks("README.ko.md", "python")


async def test_a_source_of_ones_own_is_routed_to_and_cited_as_the_readme_says(tmp_path):
    example = blocks("README.md", "python")[2].partition("\n\n\nwith opened")[0]
    names: dict[str, type] = {}
    exec(example, names)
    settings = Settings(_env_file=None, home=tmp_path, samples=False)
    async with build.open_assistant(settings, sources=[names["Orders"]()]) as assistant:
        english = await api.ask(assistant, "Where is my parcel?")
        korean = await api.ask(assistant, "제 택배는 언제쯤 도착하나요?")
    assert english.routes == korean.routes == ["orders"]
    assert english.status is Status.ANSWERED
    assert "Wednesday" in english.text
    assert [citation.title for citation in english.citations] == ["Order 1042"]
