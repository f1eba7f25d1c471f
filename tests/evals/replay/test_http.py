"""What is recorded replays without a key and without a network, and anything else is a failure."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import replace

import httpx2
import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from standins.chat import calls, chat_server, per_turn
from standins.tavily import tavily_server
from standins.turns import graded

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import load_settings
from stylegraph.evals.harness.fixtures import MODEL_URL, WEB_URL, settings_for
from stylegraph.evals.harness.turn_cases import TurnCase, play
from stylegraph.evals.replay.cassette import Cleaner
from stylegraph.evals.replay.http import ReplayError, recording, replaying

MODEL_KEY, WEB_KEY = "sk-planted-1234567890", "tvly-planted-0987654321"
CASE = TurnCase(
    id="t-ko-99",
    kind="combined",
    question="린넨은 어떻게 빨고 오늘 서울 날씨는 어때?",
    routes=["documents", "web"],
    facts=[],
    statuses=[Status.ANSWERED],
    documents=[{"title": "린넨", "text": "린넨은 30도 이하의 찬물에서 중성세제로 빤다."}],
    web=True,
    split="tune",
)
ANSWER = "린넨은 찬물에서 중성세제로 빠세요 [1.1]."
AGAINST = {"model": "a stand-in", "web": "a stand-in for Tavily"}


@pytest.fixture
async def tape(tmp_path):
    """Record the case against stand-ins that repeat their callers' keys, with a conversation on disk."""
    path = tmp_path / "suite" / "case.yaml"
    look_up = calls(documents="린넨 세탁", search_web="오늘 서울 날씨")
    async with (
        chat_server(
            agent=per_turn(replace(look_up, text=f"One moment, {MODEL_KEY}."), ANSWER),
            grade=graded(),
        ) as model,
        tavily_server() as web,
        AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads")) as threads,
    ):
        keys = {"openai_api_key": MODEL_KEY, "tavily_api_key": WEB_KEY}
        settings = settings_for(AGAINST["model"], model.url, web.url, **keys)
        with recording(path, AGAINST, {model.url: MODEL_URL, web.url: WEB_URL}, [MODEL_KEY, WEB_KEY]) as spent:
            played = await play(CASE, settings, threads)
            spent.append(dict(played.replies[-1].spent))
        assert model.seen[0].headers["authorization"] == f"Bearer {MODEL_KEY}"
    return path, played.replies[-1]


def settings(**more):
    return settings_for(AGAINST["model"], **more)


async def test_a_recorded_turn_replays_without_a_key_and_without_a_network(tape, no_network):
    path, recorded = tape
    with replaying(path) as said:
        replayed = (await play(CASE, settings())).replies[-1]
    assert no_network == []
    assert (replayed.text, replayed.status, replayed.notes) == (recorded.text, recorded.status, [])
    assert replayed.citations == recorded.citations
    assert replayed.spent["model_calls"] == recorded.spent["model_calls"] == 2
    assert said.against == AGAINST
    assert said.spent[0]["seconds"] == recorded.spent["seconds"]


async def test_a_request_that_was_not_recorded_fails_whoever_swallows_it(tape):
    path, _ = tape
    other = CASE.model_copy(update={"question": "린넨은 어떻게 다려요?"})
    with pytest.raises(ReplayError) as failed, replaying(path), contextlib.suppress(Exception):
        await play(other, settings())
    assert "not recorded: POST http://model.invalid" in str(failed.value)
    assert failed.value.remedy == "Record it again: stylegraph-evals record suite/case"


async def test_other_options_of_the_same_request_are_another_request(tape):
    path, _ = tape
    with pytest.raises(ReplayError, match="not recorded"), replaying(path):
        await play(CASE, settings_for("another-model"))


async def test_a_recorded_request_that_is_not_made_fails(tape):
    path, _ = tape
    with pytest.raises(ReplayError, match=r"not asked for: POST http://tavily\.invalid/search"), replaying(path):
        await play(CASE, settings(effort="quick", budget_web_searches=0))


async def test_a_request_is_answered_once(tape):
    path, _ = tape
    with pytest.raises(ReplayError, match="not recorded"), replaying(path):
        await play(CASE, settings())
        await play(CASE, settings())


def test_there_must_be_a_cassette(tmp_path):
    with pytest.raises(ReplayError, match="no cassette"), replaying(tmp_path / "none.yaml"):
        pass


def test_a_cassette_must_say_what_it_was_recorded_against(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("interactions: []\nversion: 1\n")
    with pytest.raises(ReplayError, match="does not say"), replaying(path):
        pass


async def test_while_it_replays_nothing_leaves_the_process_and_no_key_is_known(tape, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", MODEL_KEY)
    monkeypatch.setenv("STYLEGRAPH_TAVILY_API_KEY", WEB_KEY)
    path, _ = tape
    with contextlib.suppress(ReplayError), replaying(path):
        assert load_settings().openai_api_key is None
        assert load_settings().tavily_api_key is None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", 9))
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("192.0.2.1", 443)
        with pytest.raises(ConnectionRefusedError):
            socket.getaddrinfo("example.com", 443)
    assert load_settings().openai_api_key.get_secret_value() == MODEL_KEY
    assert socket.getaddrinfo("127.0.0.1", 9)


def test_a_process_plays_one_at_a_time(tmp_path):
    first, second = (recording(tmp_path / name, AGAINST, {}) for name in ("a.yaml", "b.yaml"))
    with first, pytest.raises(ReplayError, match="one cassette at a time"), second:
        pass


async def test_a_recording_that_fails_leaves_the_old_one(tape):
    path, _ = tape
    before = path.read_text()
    with pytest.raises(RuntimeError), recording(path, AGAINST, {}):
        raise RuntimeError
    assert path.read_text() == before


async def test_no_secret_is_in_a_file_or_a_checkpoint(tape, tmp_path):
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"case.yaml", "threads"}
    for path in files:
        written = path.read_bytes()
        assert MODEL_KEY.encode() not in written
        assert WEB_KEY.encode() not in written
        assert b"authorization" not in written.lower()


async def test_a_stream_keeps_its_pieces(tmp_path):
    asked = {"stream": True, "messages": [{"role": "system", "content": "x"}]}

    async def events(url: str) -> list[str]:
        async with httpx2.AsyncClient() as client, client.stream("POST", f"{url}/chat/completions", json=asked) as got:
            return [line async for line in got.aiter_lines() if line]

    async with chat_server(chat="하나 둘 셋") as server:
        with recording(tmp_path / "a.yaml", AGAINST, {server.url: MODEL_URL}):
            recorded = await events(server.url)
    with replaying(tmp_path / "a.yaml"):
        replayed = await events(MODEL_URL)
    text = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert len(replayed) == len(recorded) == 6  # three words, the end, the count of tokens, and that it is done
    assert "said: ['하나 ', '둘 ', 셋]" in text


async def test_a_cassette_that_is_recorded_again_says_nothing_of_the_first_time(tmp_path):
    async def ask(url: str) -> None:
        async with httpx2.AsyncClient() as client:
            await client.post(f"{url}/chat/completions", json={"messages": [{"role": "system", "content": "x"}]})

    for name in ("the first", "the second"):
        async with chat_server(chat="하나") as server:
            with recording(tmp_path / "a.yaml", {"model": name}, {server.url: MODEL_URL}) as spent:
                await ask(server.url)
                spent.append({"model": name})
    with replaying(tmp_path / "a.yaml") as recorded:
        await ask(MODEL_URL)
    assert (recorded.against, recorded.spent) == ({"model": "the second"}, [{"model": "the second"}])


def test_a_stream_that_begins_with_comments_is_read_as_one():
    body = b": still there\n\n:\n\n" + b"".join(
        b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}],"created":%d}\n\n' % (word, at)
        for at, word in enumerate((b"one ", b"two"))
    )
    response = {"status": {"code": 200}, "headers": {"content-type": ["text/event-stream"]}, "body": {"string": body}}
    cleaned = Cleaner({}, ()).response(response)
    assert cleaned["body"]["string"].count(b"data: ") == 2
    assert b"still there" not in cleaned["body"]["string"]
    assert cleaned["body"]["string"].count(b'"created": 0') == 2
