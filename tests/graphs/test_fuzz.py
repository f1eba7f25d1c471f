"""500 inputs that nobody would type, seeded: no traceback, an exit code that says what happened, JSON that is nothing else.

The commands run in this process, over one small home; questions go to one open assistant.
"""

from __future__ import annotations

import asyncio
import json
import random

import pytest
from typer.testing import CliRunner

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask, give_feedback
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.cli.app import app

SEED = 18
TEXTS = (
    "",
    " ",
    "\t\n",
    "-",
    "--",
    "--help",
    "-k",
    "%s %d {} {0} ${HOME}",
    "'; DROP TABLE documents; --",
    "../../../etc/passwd",
    "/dev/null",
    "nul\x00byte",
    "\ud800",
    "\x1b[31mred",
    "\u202egnirts",
    "ㅋㅋㅋ",
    "ㅁㄴㅇㄹ",
    "가" * 300,
    "👩‍👩‍👧‍👦" * 20,
    "[1] [2.3] [99999999999999999999]",
    '{"a": [1, NaN]}',
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "http://[::1",
    "data:image/png;base64,AAAA",
    "울 니트는 어떻게 세탁해?",
    "How do I wash wool?",
    "셔츠 5만원 이하 말고 빨간색 빼고 추천해줘",
    "a=b",
    "=",
    "x" * 70,
)
NUMBERS = ("0", "1", "3", "-1", "1001", "1e3", "", "nan", "9" * 30, "삼")
NAMES = ("default", "notes", "nowhere", "", "../x", "옷", "a b", "x" * 65, ".", "\x00", "\udcff")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return a working folder with a small index, broken files and a conversation."""
    for name in ("STYLEGRAPH_DEBUG", "OPENAI_API_KEY", "TAVILY_API_KEY", "STYLEGRAPH_CATALOGUE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STYLEGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "note.md").write_text("# 울 세탁\n\n울 니트는 찬물에 손세탁합니다.\n", encoding="utf-8")
    (tmp_path / "rows.csv").write_text('id,text\n1,"never closed\n', encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text('{"id": 1, "text": "울"}\n{]\n{"id": "\\ud800"}\n[1]\n\n', encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n\xff\x00broken")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "knowledge.toml").write_text('[[source]]\nsource = "note.md"\nindex = 3\n')
    assert run(["index", "note.md", "--index", "notes"]).exit_code == 0
    return tmp_path / "home"


FILES = ("note.md", "rows.csv", "lines.jsonl", "broken.pdf", "empty", "knowledge.toml", ".", "none.md", *TEXTS[:13])

COMMANDS = {
    "search": ([TEXTS], {"--index": NAMES, "-k": NUMBERS, "--leg": ("lexical", "dense", "x"), "--only": TEXTS}),
    "search --queries": ([FILES], {"-k": NUMBERS}),
    "index": (
        [FILES],
        {"--index": NAMES, "--chunk-size": NUMBERS, "--chunk-by": ("heading", "x"), "--audience": TEXTS},
    ),
    "index remove": ([FILES], {"--index": NAMES}),
    "index list": ([], {}),
    "index check": ([NAMES], {}),
    "index repair": ([NAMES], {}),
    "index rebuild": ([NAMES], {}),
    "index sync --file": ([FILES], {}),
    "threads": ([], {}),
    "threads show": ([NAMES], {}),
    "threads export": ([NAMES], {"--out": ("out.jsonl", ".", "no/where")}),
    "threads forget": ([NAMES], {}),
    "profile": ([], {"--user": NAMES}),
    "profile set": ([("likes", "sizes", *TEXTS), TEXTS], {"--user": NAMES}),
    "profile forget": ([TEXTS], {"--user": NAMES}),
    "look": ([FILES], {}),
    "catalogue import": ([FILES], {}),
    "serve --new-key": ([NAMES], {}),
    "graph": ([], {"--format": TEXTS}),
}


def run(args):
    return CliRunner().invoke(app, [str(arg) for arg in args], prog_name="stylegraph")


def command_line(dice):
    """Return the words of one command line, and whether JSON was asked for."""
    name = dice.choice(list(COMMANDS))
    arguments, options = COMMANDS[name]
    words = [*name.split(), *(dice.choice(values) for values in arguments if dice.random() < 0.95)]
    for option, values in options.items():
        if dice.random() < 0.3:
            words += [option, dice.choice(values)]
    if dice.random() < 0.1:
        words.insert(dice.randrange(len(words) + 1), dice.choice(TEXTS))
    return words + (["--json"] if dice.random() < 0.5 else [])


def problems(words, result):
    """Return what is wrong with how a command ended."""
    shown = result.stdout + result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        yield f"raised {result.exception!r}"
    if result.exit_code not in (0, 1, 2):
        yield f"exit code {result.exit_code}"
    if "Traceback" in shown or "report it" in shown:
        yield "a traceback, or an error of its own"
    if result.exit_code and not shown.strip():
        yield "failed without a word"
    if "--json" in words and not {"--help", "-h"} & set(words):
        yield from not_json(result.stdout)


def not_json(output):
    for line in output.splitlines():
        try:
            json.loads(line)
        except ValueError:
            yield f"no JSON on standard output: {line[:80]!r}"
            return


@pytest.mark.parametrize("batch", range(4))
def test_commands_end_with_a_word_and_a_code_whatever_they_are_given(home, batch):
    dice = random.Random(SEED + batch)
    for _ in range(90):
        words = command_line(dice)
        wrong = list(problems(words, run(words)))
        assert not wrong, (words, wrong)


async def test_questions_are_answered_or_refused_whatever_they_are(home):
    dice = random.Random(SEED)
    async with open_assistant(Settings(_env_file=None, home=home, samples=False)) as assistant:
        for _ in range(140):
            options = dict(
                one
                for one in (
                    ("thread", dice.choice((None, "t", *NAMES))),
                    ("user", dice.choice(("local", *NAMES))),
                    ("index", dice.choice((None, None, *NAMES))),
                    ("only", dice.choice((None, {}, {"audience": ["x"]}, {"audience": "x"}, {"": []}))),
                    ("budget", dice.choice((None, {}, {"seconds": 5}, {"revisions": 0}))),
                )
                if dice.random() < 0.4
            )
            text = dice.choice(TEXTS) + dice.choice(("", "?", dice.choice(TEXTS)))
            async with asyncio.timeout(20):
                try:
                    reply = await ask(assistant, text, **options)
                except StylegraphError as error:
                    assert error.message, (text, options)
                else:
                    assert isinstance(reply, Reply)
                    assert reply.text.strip(), (text, options)
                    json.dumps(reply.as_dict(), allow_nan=False).encode()
        for item in TEXTS:
            try:
                await give_feedback(assistant, item, dice.choice(("like", "dislike")))
            except StylegraphError as error:
                assert error.message
