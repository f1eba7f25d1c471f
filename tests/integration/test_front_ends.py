"""The examples of `docs/serving.md` for Chainlit and Slack, asked by stand-ins for those two against a real server."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from served import keys, served

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
DOCS = Path(__file__).parents[2] / "docs" / "serving.md"
KEYS, ENVIRONMENT = keys("kim")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("front-ends"), **ENVIRONMENT) as started:
        yield started


@pytest.fixture
def example(server, monkeypatch):
    """Run an example of the docs; return what it defines."""
    monkeypatch.setenv("ASSISTANT_URL", f"{server.url}/v1")
    monkeypatch.setenv("ASSISTANT_KEY", KEYS["kim"])
    monkeypatch.setenv("SLACK_BOT_TOKEN", "none")

    def run(needs, **modules):
        for name, module in modules.items():
            monkeypatch.setitem(sys.modules, name.replace("__", "."), module)
        blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
        code = next(block for block in blocks if block.startswith(f"# Needs {needs}"))
        defined = {"__name__": "example"}
        exec(compile(code, str(DOCS), "exec"), defined)
        return defined["answer"]

    return run


def module(name, **holds):
    made = ModuleType(name)
    vars(made).update(holds)
    return made


class Message:
    """A message of Chainlit's, as far as the example uses it."""

    sent: list[str] = []  # noqa: RUF012

    def __init__(self, content):
        self.content = content

    async def stream_token(self, text):
        self.content += text

    async def update(self):
        Message.sent.append(self.content)


async def test_a_chainlit_app_answers_and_goes_on(example):
    session = SimpleNamespace(thread_id="5f0c1a52-7f3e-4d1a-9d0a-0c2f6f3b7a10")
    context = SimpleNamespace(session=session)
    answer = example(
        "chainlit", chainlit=module("chainlit", Message=Message, context=context, on_message=lambda one: one)
    )
    for question in ("울 니트는 어떻게 세탁해야 해?", "린넨은?"):
        await answer(Message(question))
    assert "30" in Message.sent[0]
    assert re.search("린넨|linen", Message.sent[1], re.IGNORECASE)


class App:
    """An app of Slack's, as far as the example uses it."""

    def __init__(self, token):
        pass

    def event(self, name):
        assert name == "app_mention"
        return lambda answer: answer


async def test_a_slack_app_answers_in_its_thread_with_sources(example):
    answer = example(
        "slack-bolt",
        slack_bolt=module("slack_bolt"),
        slack_bolt__adapter=module("slack_bolt.adapter"),
        slack_bolt__adapter__socket_mode=module("slack_bolt.adapter.socket_mode"),
        slack_bolt__adapter__socket_mode__async_handler=module(
            "slack_bolt.adapter.socket_mode.async_handler", AsyncSocketModeHandler=None
        ),
        slack_bolt__async_app=module("slack_bolt.async_app", AsyncApp=App),
    )
    said = []

    async def say(**message):
        said.append(message)

    await answer({"channel": "C1", "ts": "1.0", "text": "<@U1> How do I wash wool?"}, say)
    await answer({"channel": "C1", "ts": "2.0", "thread_ts": "1.0", "text": "<@U1> And silk?"}, say)
    assert [one["thread_ts"] for one in said] == ["1.0", "1.0"]
    assert "wool" in said[0]["text"].lower()
    assert "• " in said[0]["text"]
    assert "silk" in said[1]["text"].lower()
