"""The examples of `docs/serving.md` for Chainlit, Slack and Discord, against a real server: two in their own libraries."""

from __future__ import annotations

import asyncio
import contextlib
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
        return defined

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
    chainlit = module("chainlit", Message=Message, context=context, on_message=lambda one: one)
    answer = example("chainlit", chainlit=chainlit)["answer"]
    for question in ("울 니트는 어떻게 세탁해야 해?", "린넨은?"):
        await answer(Message(question))
    assert "30" in Message.sent[0]
    assert re.search("린넨|linen", Message.sent[1], re.IGNORECASE)


@pytest.fixture
def posted(monkeypatch):
    """Slack's web API, as far as the example uses it: what is posted, and who the bot is."""
    from slack_sdk.web.async_client import AsyncSlackResponse, AsyncWebClient

    posted: asyncio.Queue = asyncio.Queue()

    async def call(client, method, *, params=None, json=None, **rest):
        data = {"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1"}
        if method == "chat.postMessage":
            posted.put_nowait(json)
        return AsyncSlackResponse(
            client=client, http_verb="POST", api_url=method, req_args={}, data=data, headers={}, status_code=200
        )

    monkeypatch.setattr(AsyncWebClient, "api_call", call)
    return posted


async def test_a_slack_app_answers_in_its_thread_with_sources(example, posted):
    from slack_bolt.async_app import AsyncBoltRequest

    app = example("slack-bolt")["app"]
    said = []
    for more in (
        {"ts": "1.0", "text": "<@U1> How do I wash wool?"},
        {"ts": "2.0", "thread_ts": "1.0", "text": "<@U1> And silk?"},
    ):
        event = {"type": "app_mention", "channel": "C1", "user": "U2", **more}
        body = {"type": "event_callback", "team_id": "T1", "event": event}
        assert (await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))).status == 200
        said.append(await posted.get())
    assert [(one["channel"], one["thread_ts"]) for one in said] == [("C1", "1.0"), ("C1", "1.0")]
    assert "wool" in said[0]["text"].lower()
    assert "• " in said[0]["text"]
    assert "silk" in said[1]["text"].lower()


async def test_a_discord_bot_answers_where_it_is_mentioned_in_messages_that_are_short_enough(example):
    defined = example("discord.py")
    bot, replies = defined["bot"], []
    defined["LONGEST"] = 120
    bot._connection.user = me = SimpleNamespace(id=1)
    channel = SimpleNamespace(id=7, typing=contextlib.AsyncExitStack)

    async def reply(text, **_):
        replies.append(text)

    def message(text, mentions, by_bot=False):
        author = SimpleNamespace(bot=by_bot)
        return SimpleNamespace(content=text, mentions=mentions, author=author, channel=channel, reply=reply)

    await bot.on_message(message("How do I wash wool?", []))
    await bot.on_message(message("<@1> How do I wash wool?", [me], by_bot=True))
    assert replies == []
    await bot.on_message(message("<@1> How do I wash wool?", [me]))
    assert "wool" in "".join(replies).lower()
    assert len(replies) > 1
    assert max(map(len, replies)) <= 120
    replies.clear()
    await bot.on_message(message("<@1> And silk?", [me]))
    assert "silk" in "".join(replies).lower()
