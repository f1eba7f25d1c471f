"""A home of its own for every test, and the command line in this process."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from homes import with_catalogue, with_samples
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from typer.testing import CliRunner

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.local.agent import LocalAgent
from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import Draft, Routing
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.cli.app import app


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return an empty working folder with a home in it, and nothing of the machine's environment."""
    for name in ("STYLEGRAPH_DEBUG", "OPENAI_API_KEY", "TAVILY_API_KEY", "STYLEGRAPH_CATALOGUE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STYLEGRAPH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def stocked(home):
    """The same home, not used for the first time: its catalogue is indexed."""
    return with_catalogue(home)


@pytest.fixture
def furnished(home):
    """The same home, not used for the first time: its catalogue and the sample documents are indexed."""
    return with_samples(home)


@pytest.fixture
def cli(home):
    """Run a command line; with `--json`, `.records` are the objects on standard output."""

    def run(*args, stdin=None, env=None):
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin, env=env, prog_name="stylegraph")
        result.records = [json.loads(line) for line in result.stdout.splitlines()] if "--json" in args else None
        return result

    return run


@dataclass
class Scripted:
    """All five decisions as a test wants them, and one source; the graph around them is the real one."""

    pause: float = 0.0
    status: str = "answer"
    ask_back: str | None = None
    name: str = "documents"
    node: str = "retrieve"
    description: str = "Notes."
    examples: tuple[str, ...] = ()
    asked: list[tuple[str, str | None, str]] = field(default_factory=list)
    """Question, index and user of every turn."""

    async def route(self, state):
        turn = state["turn"]
        self.asked.append((turn["asked"], turn["index"], turn["user"]))
        routing = Routing(
            question=turn["asked"],
            language=turn["language"],
            routes=["documents"],
            queries={},
            filters={"documents": {"price_krw": {"lte": 50000}}},
            ask_back=self.ask_back,
            choices=["여성", "남성"] if self.ask_back else [],
            confidence=1.0,
        )
        return {"routing": routing}

    async def indexes(self):
        return ["care"]

    async def gather(self, state):
        found = make_evidence("documents", "울 세탁", "울은 찬물에 빨아요.")
        return {"evidence": [{**found, "url": "/notes/wool.md"}]}

    async def answer(self, state, writer):
        found = state["evidence"][0]
        for word in ("초안", "입니다"):
            writer({"event": "draft", "text": word})
            await asyncio.sleep(self.pause)
        quote = {
            "evidence": found["id"],
            "quote": "찬물에",
            "start": 3,
            "end": 6,
            "title": "울 세탁",
            "url": found["url"],
        }
        turns = sum(isinstance(message, HumanMessage) for message in state["messages"])
        text = f"{state['turn']['asked']} 답 {turns} [1]"
        return {"draft": Draft(text=text, kind=self.status, citations=[quote], recommendations=[])}

    async def look(self, state):
        return {"seen": [{"category": "shirt"}]}


class _Answers:
    async def grade(self, state):
        return {"grade": {"good": True, "grounded": 1.0, "answers": 1.0, "in_language": True, "sentences": []}}


@pytest.fixture
def scripted(monkeypatch, home):
    """Let the command line open a scripted assistant; its decisions can be changed by the test."""
    script = Scripted()

    @asynccontextmanager
    async def open_parts(settings=None):
        agent = LocalAgent(script, None, script, None, [script.name])  # no draft is graded as wanting
        yield Parts(settings or load_settings(), agent, _Answers(), script, (script,), script)

    @asynccontextmanager
    async def open_assistant(settings=None):
        async with open_parts(settings) as parts:
            yield build_assistant(parts).compile(checkpointer=InMemorySaver(), store=InMemoryStore())

    monkeypatch.setattr("stylegraph.graphs.build.open_parts", open_parts)
    monkeypatch.setattr("stylegraph.graphs.build.open_assistant", open_assistant)
    return script
