"""What the READMEs and the pages of `docs/` show is what the code does."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

import stylegraph
from stylegraph.agent.settings import Settings, variables
from stylegraph.evals.bench.cli import SECTIONS
from stylegraph.evals.cli import app as evals_app
from stylegraph.graphs import api, build
from stylegraph.graphs.assistant import build_assistant
from stylegraph.graphs.build import Keywords
from stylegraph.graphs.cli.app import app

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.ko.md"]
PAGES = [*READMES, *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
NEEDS = "# Needs "
"""How a block begins that can't run here: what stands behind says what for."""


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name, kind):
    """Return the blocks of one language: their attributes and their text."""
    return re.findall(rf"^```{kind}\b([^\n]*)\n(.*?)\n```", text_of(name), re.DOTALL | re.MULTILINE)


def examples(*, running):
    """Return page, number and code of the Python blocks that run, or of those that need something."""
    return [
        pytest.param(name, code, id=f"{name}-{number}")
        for name in PAGES
        for number, (attributes, code) in enumerate(blocks(name, "python"), 1)
        if not attributes and code.startswith(NEEDS) != running
    ]


@pytest.mark.parametrize("name", READMES)
async def test_the_diagram_is_the_one_that_the_code_draws(name, tmp_path):
    async with build.open_parts(Settings(_env_file=None, home=tmp_path, samples=False)) as parts:
        drawn = build_assistant(parts).compile().get_graph().draw_mermaid()
    [(_, shown)] = blocks(name, "mermaid")
    assert shown.strip() == drawn.strip(), "stale: paste what `stylegraph graph` prints"


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


@pytest.mark.parametrize("name", READMES)
def test_the_answers_are_those_that_are_given(name, at_home):
    shown = [block for _, block in blocks(name, "console") if block.startswith("$ make ask")]
    assert len(shown) == 2
    for block in shown:
        command, _, answer = block.partition("\n")
        question = re.search(r'Q="(.*)"', command)
        asked = (
            question[1] if question else re.search(r"^Q \?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
        )
        printed = CliRunner().invoke(app, ["ask", asked]).stdout
        assert answer.strip() == printed.strip(), f"stale: paste what `{command.removeprefix('$ ')}` prints"


def files_beside(name):
    """Return the files that a page shows under their names."""
    named = [blocks(name, kind) for kind in ("csv", "python", "json")]
    return {title[1]: code for found in named for at, code in found if (title := re.search('title="(.+?)"', at))}


@pytest.mark.parametrize(("name", "code"), examples(running=True))
def test_an_example_runs_as_it_stands_and_prints_what_was_found(name, code, at_home, monkeypatch, tmp_path, capfd):
    monkeypatch.chdir(tmp_path)
    for file, content in files_beside(name).items():
        (tmp_path / file).write_text(content + "\n", encoding="utf-8")
    exec(compile(code, name, "exec", dont_inherit=True), {"__name__": "__main__"})
    printed = capfd.readouterr().out
    assert printed.strip()
    assert "not_found" not in printed
    assert not re.search("could not|못했어요|Nothing", printed)


@pytest.mark.parametrize(
    ("name", "code"),
    [pytest.param(*one.values, id=one.id) for one in [*examples(running=True), *examples(running=False)]],
)
def test_an_example_uses_the_public_api_alone(name, code):
    tree = ast.parse(code.replace("\nasync for", "\nfor"))  # as a notebook allows it
    compile(code, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not is_named_as_needed(node.module, code):
            module, used = importlib.import_module(node.module), {alias.name for alias in node.names}
            assert not node.module.startswith("stylegraph.")
            assert node.module != "stylegraph" or used <= set(stylegraph.__all__)
            assert all(hasattr(module, name) for name in used)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
            "open_assistant",
            "open_sync",
            "build_graph",
        }:
            assert {keyword.arg for keyword in node.keywords} <= set(Keywords.__annotations__) | {"name"}


def is_named_as_needed(module, code):
    """Check whether a package that is not here is one that the example says it needs."""
    package = module.partition(".")[0]
    needed = code.partition("\n")[0].removeprefix(NEEDS).replace("-", "_")
    return code.startswith(NEEDS) and package in needed and importlib.util.find_spec(package) is None


def sessions():
    """Return page and text of the console blocks whose output is shown whole, but for lines of dots."""
    found = [(name, block) for name in PAGES for _, block in blocks(name, "console") if "…" not in block]
    return [
        (name, block) for name, block in found if not re.match(r"\$ make", block) and re.search("^[^$]", block, re.M)
    ]


@pytest.mark.parametrize(("name", "session"), sessions())
def test_a_command_prints_what_is_shown(name, session, at_home, monkeypatch, tmp_path):
    monkeypatch.setenv("STYLEGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    for file, content in files_beside(name).items():
        (tmp_path / file).write_text(content + "\n", encoding="utf-8")
    for lines, shown in re.findall(r"((?:^\$ .*\n?)+)((?:^(?!\$ ).*\n?)*)", session, re.MULTILINE):
        commands = [words for line in lines.splitlines() for words in parts_of(line[2:])]
        printed = [CliRunner().invoke(app, words[1:]).stdout for words in commands][-1]
        assert re.fullmatch(as_pattern(shown), as_compared(printed)), f"stale: paste this\n{printed}"


def as_compared(printed):
    """Return what a command printed without what differs between machines, and without blanks at the ends of lines."""
    same = re.sub(r"\d+(?=%)|\b0\.\d\d\b|\d+\.\d(?= s\))|(?<=#)[0-9a-f]{6}", "0", printed)
    return re.sub(r"[ \t]+$", "", same, flags=re.MULTILINE).strip()


def as_pattern(shown):
    """Return a pattern in which a line of dots stands for any lines."""
    return r"(?:\n.*)*".join(re.escape(part) for part in re.split(r"\n *\.\.\.(?=\n)", as_compared(shown)))


def test_both_readmes_have_the_same_examples():
    assert blocks("README.md", "python") == blocks("README.ko.md", "python")


async def test_a_source_of_ones_own_is_routed_to_and_cited_as_the_readme_says(tmp_path):
    example = blocks("README.md", "python")[0][1].partition("\n\n\nasync def main")[0]
    names: dict[str, type] = {}
    exec(compile(example, "README.md", "exec", dont_inherit=True), names)
    settings = Settings(_env_file=None, home=tmp_path, samples=False)
    async with build.open_assistant(settings, sources=[names["Policies"]()], builtin=["documents"]) as assistant:
        english = await api.ask(assistant, "How much may a gift for a colleague cost?")
        korean = await api.ask(assistant, "동료 선물은 얼마까지 돼?")
    assert english.routes == korean.routes == ["policies"]
    assert "50,000 won" in english.text
    assert [citation.title for citation in english.citations] == ["Gifts"]


def command_lines(name):
    """Return the commands that a page names: those after a dollar, and those in the text."""
    shown = [line[2:] for _, block in blocks(name, "console") for line in block.splitlines() if line.startswith("$ ")]
    prose = re.sub(r"^```.*?^```", "", text_of(name), flags=re.DOTALL | re.MULTILINE)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    return [line for line in [*shown, *spans] if re.match(r"([A-Z_]+=\S+ )*(stylegraph|python -m stylegraph)", line)]


def parts_of(line):
    """Return the commands of a line as lists of words, without the variables that are set before them."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";|<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    found, words = [], []
    for word in [*lexer, ";"]:
        if set(word) <= set(";|<>"):
            found.append(words)
            words = []
        elif words or not re.fullmatch(r"[A-Z_]+=.*", word):
            words.append(word)
    return [words for words in found if words]


@pytest.mark.parametrize("name", PAGES)
def test_commands_are_those_that_there_are(name):
    for line in command_lines(name):
        for words in parts_of(line):
            check_command(words)


def check_command(words):
    """Check that a program, its commands and its options are there."""
    if words[:2] == ["python", "-m"]:
        assert importlib.util.find_spec(words[2]), words
    elif words[0] == "stylegraph-bench":
        assert set(words[1:]) <= set(SECTIONS), words
    elif words[0] in {"stylegraph", "stylegraph-evals"}:
        check_options(words, typer.main.get_command(app if words[0] == "stylegraph" else evals_app))


def check_options(words, command):
    left = words[1:]
    while commands := getattr(command, "commands", {}):
        named = left.pop(0) if left and left[0] in commands else getattr(command, "default", None)
        assert named or not left, f"there is no command {left} in {words}"
        if not named:
            return
        command = commands[named]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in left if re.match(r"--?[a-z]", word)} <= known, words


@pytest.mark.parametrize("name", PAGES)
def test_settings_are_those_that_there_are(name):
    named = set(re.findall(r"\bSTYLEGRAPH_[A-Z_]*[A-Z]\b(?![_*…])", text_of(name))) - {"STYLEGRAPH_SHARED"}
    assert named <= variables(), f"no such setting: {sorted(named - variables())}"


@pytest.mark.parametrize("name", PAGES)
def test_data_can_be_read_and_links_lead_somewhere(name):
    for _, block in blocks(name, "toml"):
        tomllib.loads(block)
    for _, block in blocks(name, "json"):
        json.loads(block)
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text_of(name)):
        assert (ROOT / name).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_read_in_one_go(name):
    assert len(text_of(name).splitlines()) <= 250
