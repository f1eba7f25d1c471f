"""Notes name a remedy that works: who sets what a note says sees the fallback gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from standins.chat import ChatServer, Fault, chat_server
from standins.providers import AnthropicServer, OllamaServer, provider_server
from standins.turns import QUESTION, WASHED, graded, looks_up, staged

from stylegraph.agent.reply import Status
from stylegraph.graphs.api import ask

KEY = "a-key-1234"
PAGE = Fault(200, "<html>Welcome!</html>")


@dataclass
class Trouble:
    """A setting with which nothing works, what the note says of it, and the setting that the note asks for."""

    named: tuple[str, ...]
    wrong: dict[str, Any]
    right: dict[str, Any]
    server: dict[str, Any] = field(default_factory=dict)
    """What the server is like."""
    kind: type[ChatServer] = ChatServer


CLAUDE, QWEN = {"model": "anthropic:claude-sonnet-5"}, {"model": "ollama:qwen3:8b"}
TROUBLES = {
    "too slow": Trouble(("STYLEGRAPH_MODEL_TIMEOUT",), {"model_timeout": 0.2}, {"model_timeout": 5.0}, {"pause": 0.6}),
    "a wrong key": Trouble(("OPENAI_API_KEY",), {"openai_api_key": "another"}, {"openai_api_key": KEY}, {"key": KEY}),
    "a model that there is not": Trouble(
        ("STYLEGRAPH_MODEL ",), {"model": "gone"}, {"model": "there"}, {"models": {"there"}}
    ),
    "another address of the server": Trouble(
        ("STYLEGRAPH_BASE_URL",), {"base_url": "{url}/api"}, {"base_url": "{url}"}
    ),
    "nobody at the address": Trouble(
        ("STYLEGRAPH_BASE_URL",), {"base_url": "http://127.0.0.1:{free}/v1"}, {"base_url": "{url}"}
    ),
    "no room for an answer": Trouble(
        ("STYLEGRAPH_MODEL_MAX_TOKENS", "STYLEGRAPH_REASONING_TOKENS"),
        {"model_max_tokens": 100, "reasoning_tokens": 100},
        {"model_max_tokens": 200, "reasoning_tokens": 1_000},
        {"thinks": 700},
    ),
    "Anthropic: a wrong key": Trouble(
        ("ANTHROPIC_API_KEY",), {**CLAUDE, "key": "another"}, {**CLAUDE, "key": KEY}, {"key": KEY}, AnthropicServer
    ),
    "Anthropic: no key": Trouble(
        ("ANTHROPIC_API_KEY",), {**CLAUDE, "key": None}, {**CLAUDE, "key": KEY}, {"key": KEY}, AnthropicServer
    ),
    "Anthropic: a model that there is not": Trouble(
        ("STYLEGRAPH_MODEL ",),
        {"model": "anthropic:claude-gone"},
        CLAUDE,
        {"models": {"claude-sonnet-5"}},
        AnthropicServer,
    ),
    "Anthropic: nobody at the address": Trouble(
        ("ANTHROPIC_BASE_URL",), {**CLAUDE, "address": "http://127.0.0.1:{free}"}, CLAUDE, {}, AnthropicServer
    ),
    "Anthropic: too slow": Trouble(
        ("STYLEGRAPH_MODEL_TIMEOUT",),
        {**CLAUDE, "model_timeout": 0.2},
        {**CLAUDE, "model_timeout": 5.0},
        {"pause": 0.6},
        AnthropicServer,
    ),
    "Ollama: a model that was not pulled": Trouble(
        ("STYLEGRAPH_MODEL ",), {"model": "ollama:gone"}, QWEN, {"models": {"qwen3:8b"}}, OllamaServer
    ),
    "Ollama: nobody at the address": Trouble(
        ("OLLAMA_HOST",), {**QWEN, "address": "http://127.0.0.1:{free}"}, QWEN, {}, OllamaServer
    ),
}


@pytest.fixture
def asked(monkeypatch, unused_tcp_port):
    """Ask a question of the server with settings; `key` and `address` are those of another provider's package."""

    async def reply_with(server, settings):
        filled = {
            name: value.format(url=server.url, free=unused_tcp_port) if isinstance(value, str) else value
            for name, value in settings.items()
        }
        key, address = filled.pop("key", KEY), filled.pop("address", server.url)
        for name in ("ANTHROPIC_BASE_URL", "OLLAMA_HOST"):
            monkeypatch.setenv(name, address)
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
        if key:
            monkeypatch.setenv("ANTHROPIC_API_KEY", key)
        own = ":" in filled.get("model", "")
        filled = {"base_url": None if own else server.url, "openai_api_key": KEY, "model_retries": 0, **filled}
        pause = server.pause
        async with staged(settings=filled) as stage:
            server.pause = pause
            return await ask(stage.graph, QUESTION)

    return reply_with


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_who_sets_what_the_note_names_sees_the_fallback_gone(asked, trouble):
    async with provider_server(trouble.kind, agent=looks_up(), grade=graded()) as server:
        for name, value in trouble.server.items():
            setattr(server, name, value)
        if trouble.kind is ChatServer:
            server.url += "/v1"
        noted = await asked(server, trouble.wrong)
        fine = await asked(server, trouble.right)
    assert "찬물" in noted.text  # done without it
    assert {note["code"] for note in noted.notes} <= {"model_unavailable", "model_failed"}
    for name in trouble.named:
        assert name in f"{noted.notes[0]['text']} ".replace(".", " ")
    assert (fine.status, fine.text, fine.notes) == (Status.ANSWERED, WASHED, [])


async def test_a_page_at_the_address_says_which_setting_and_that_helps(asked):
    async with chat_server(agent=PAGE, grade=PAGE) as page, chat_server(agent=looks_up(), grade=graded()) as server:
        noted = await asked(page, {})
        fine = await asked(page, {"base_url": server.url})
    assert "STYLEGRAPH_BASE_URL" in noted.notes[0]["text"]
    assert (fine.text, fine.notes) == (WASHED, [])


async def test_a_model_that_refuses_the_request_says_which_setting_and_that_helps(asked):
    answers = looks_up()
    refusing = lambda seen: Fault(400, {"error": {"message": "no"}}) if seen.body["model"] == "odd" else answers(seen)  # noqa: E731
    async with chat_server(agent=refusing, grade=graded()) as server:
        noted = await asked(server, {"model": "odd"})
        fine = await asked(server, {"model": "another"})
    assert "STYLEGRAPH_MODEL" in noted.notes[0]["text"]
    assert (fine.text, fine.notes) == (WASHED, [])


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_waiting_a_little_helps_where_the_note_says_so(asked, status):
    answers = looks_up()
    async with chat_server(agent=[Fault(status), answers], grade=graded()) as server:
        noted = await asked(server, {})
        fine = await asked(server, {})
    assert any(words in noted.notes[0]["text"] for words in ("Wait a little", "Try again later"))
    assert (fine.text, fine.notes) == (WASHED, [])
