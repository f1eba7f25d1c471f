"""What outlives a process, and what happens to it on disks and files that are not as they should be."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys

import pytest
from homes import with_catalogue
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.sqlite import SqliteSaver

from stylegraph.agent.errors import InputError, KeepingError
from stylegraph.agent.evidence import Gathered, make_evidence
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask, stream
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.persistence import open_people, open_threads


class Notes:
    """A source that answers at once."""

    name = "documents"
    node = "retrieve"
    description = "Notes on washing."
    examples = ("울 니트는 어떻게 세탁해요?",)

    async def gather(self, state):
        return Gathered(evidence=[make_evidence("documents", "울 세탁", "울 니트는 찬물에 중성 세제로 손세탁해요.")])


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path / "home", samples=False)


@pytest.fixture
def stocked(settings):
    """The same, of a home that is not the first time used: its catalogue is indexed."""
    with_catalogue(settings.home)
    return settings


@pytest.fixture
def small_disk(settings):
    settings.home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(settings.home)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield settings.home
    subprocess.run(["umount", str(settings.home)], check=True)


def fill(disk):
    """Fill a disk to its last byte."""
    with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(b"x" * 4096)


async def test_conversations_wait_for_no_disk_but_stay_in_a_log_that_survives_a_kill(settings):
    async with open_threads(settings) as threads:
        mode = threads.conn.execute("PRAGMA journal_mode").fetchone()
        waits = threads.conn.execute("PRAGMA synchronous").fetchone()
    assert (mode, waits) == (("wal",), (1,))


@pytest.mark.integration
async def test_a_finished_turn_survives_a_kill(stocked):
    script = f"""
import asyncio, os, signal
from pathlib import Path
from stylegraph.agent.settings import Settings
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.api import ask

async def once():
    settings = Settings(_env_file=None, home=Path({str(stocked.home)!r}), samples=False)
    async with open_assistant(settings) as assistant:
        await ask(assistant, "안녕하세요", thread="t")
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(once())
"""
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], check=False)
    assert killed.returncode == -9
    async with open_threads(stocked) as threads:
        kept = await threads.aget_tuple({"configurable": {"thread_id": "t"}})
    assert kept is not None
    assert [message.type for message in kept.checkpoint["channel_values"]["messages"]] == ["human", "ai"]


async def test_a_conversation_can_be_listed_and_forgotten_as_langgraph_does_it(stocked):
    one = {"configurable": {"thread_id": "t"}}
    async with open_assistant(stocked, sources=[Notes()]) as assistant:
        for question in ("울 니트는 어떻게 세탁해요?", "고마워요"):
            await ask(assistant, question, thread="t")
        assert len([state async for state in assistant.aget_state_history(one)]) == 2
        assert len((await assistant.aget_state(one)).values["messages"]) == 4
        await assistant.checkpointer.adelete_thread("t")
        assert not (await assistant.aget_state(one)).values


async def test_many_conversations_at_once_are_kept_apart(stocked):
    async with open_assistant(stocked, sources=[Notes()]) as assistant:
        await asyncio.gather(*(ask(assistant, f"안녕하세요 {number}", thread=f"t{number}") for number in range(20)))
        for number in range(20):
            state = await assistant.aget_state({"configurable": {"thread_id": f"t{number}"}})
            assert state.values["messages"][0].text == f"안녕하세요 {number}"


@pytest.mark.parametrize(("opening", "file"), [(open_threads, "threads"), (open_people, "people")])
async def test_a_file_that_is_no_database_is_named_and_left_alone(settings, opening, file):
    path = getattr(settings, file)
    path.parent.mkdir()
    path.write_text("not a database " * 100)
    with pytest.raises(KeepingError, match="is damaged") as raised:
        async with opening(settings):
            pass
    assert str(path) in raised.value.message
    assert "Move it away" in raised.value.remedy
    assert path.read_text().startswith("not a database")


async def test_on_a_full_disk_the_answer_is_given_and_said_not_to_be_kept(settings, small_disk):
    async with open_assistant(settings, sources=[Notes()]) as assistant:
        await ask(assistant, "안녕하세요", thread="t")
        fill(small_disk)
        events = [event async for event in stream(assistant, "고마워요", thread="t")]
        reply = await ask(assistant, "I love navy.", thread="t")
        (small_disk / "filler").unlink()
        kept = (await assistant.aget_state({"configurable": {"thread_id": "t"}})).values["messages"]
    assert events[-1]["event"] == "reply"
    assert "저장하지 못해서" in events[-1]["reply"]["notes"][-1]["text"]
    assert [note["code"] for note in reply.notes[-2:]] == ["not_learned", "not_kept"]
    assert "disk is full" in reply.notes[-1]["text"]
    assert reply.text
    assert len(kept) == 2


async def test_a_file_that_another_process_holds_is_said_to_be_held(stocked, monkeypatch):
    monkeypatch.setattr("stylegraph.graphs.persistence._BUSY_SECONDS", 0.1)
    async with open_assistant(stocked, sources=[Notes()]) as assistant:
        other = sqlite3.connect(stocked.threads)
        other.execute("BEGIN IMMEDIATE")
        reply = await ask(assistant, "안녕하세요", thread="t")
        other.close()
    assert "another process" in reply.notes[-1]["text"]


async def test_many_may_begin_at_once_where_nothing_is_yet(settings):
    async def begin():
        async with open_people(settings) as people, open_threads(settings):
            return await people.aget(("profile",), "kim")

    assert await asyncio.gather(*(begin() for _ in range(12))) == [None] * 12
    assert {path.name.partition("-")[0] for path in settings.home.iterdir()} == {"people.sqlite", "threads.sqlite"}
    assert not [path for path in settings.home.iterdir() if len(path.name) > 30]


async def test_profiles_survive_a_restart(settings):
    async with open_people(settings) as people:
        await people.aput(("profile",), "kim", {"likes": ["navy"]})
    async with open_people(settings) as people:
        kept = await people.aget(("profile",), "kim")
    assert kept is not None
    assert kept.value == {"likes": ["navy"]}


async def test_a_conversation_grows_by_what_is_said_and_old_states_go(stocked):
    few = stocked.model_copy(update={"thread_states": 3})
    sizes = []
    async with open_assistant(few, sources=[Notes()]) as assistant:
        for number in range(24):
            await ask(assistant, f"울 니트는 어떻게 세탁해요? {number}", thread="t")
            sizes.append(_bytes(few.threads))
        states = [state async for state in assistant.aget_state_history({"configurable": {"thread_id": "t"}})]
    assert len(states) == 3
    messages = states[0].values["messages"]
    assert [message.type for message in messages] == ["human", "ai"] * 24
    assert messages[0].text == "울 니트는 어떻게 세탁해요? 0"
    assert len(states[2].values["messages"]) == 44
    assert sizes[23] - sizes[13] <= 1.2 * (sizes[13] - sizes[3])  # as much for the last ten turns as for those before
    assert (sizes[23] - sizes[3]) / 20 < 2_000


def _bytes(path):
    """Return what the rows of the conversations hold together."""
    with sqlite3.connect(path) as connection:
        tables = (("checkpoints", "checkpoint"), ("messages", "value"), ("writes", "value"))
        return sum(
            connection.execute(f"SELECT coalesce(sum(length({column})), 0) FROM {table}").fetchone()[0]
            for table, column in tables
        )


async def test_conversations_that_langgraph_itself_wrote_are_read(settings):
    settings.home.mkdir()
    one = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
    checkpoint = {**empty_checkpoint(), "channel_values": {"messages": [HumanMessage("안녕하세요", id="1")]}}
    with SqliteSaver.from_conn_string(str(settings.threads)) as saver:
        saver.put(one, checkpoint, {}, {})
    async with open_threads(settings) as threads:
        kept = await threads.aget_tuple({"configurable": {"thread_id": "t"}})
    assert [message.text for message in kept.checkpoint["channel_values"]["messages"]] == ["안녕하세요"]


async def test_a_forgotten_conversation_leaves_nothing(stocked):
    async with open_assistant(stocked, sources=[Notes()]) as assistant:
        await ask(assistant, "울 니트는 어떻게 세탁해요?", thread="t")
        assert _bytes(stocked.threads) > 0
        await assistant.checkpointer.adelete_thread("t")
    assert _bytes(stocked.threads) == 0


async def test_questions_asked_at_once_in_one_conversation_wait_for_each_other(stocked):
    async with open_assistant(stocked, sources=[Notes()]) as assistant:
        questions = [f"울 니트는 어떻게 세탁해요? {number}" for number in range(8)]
        replies = await asyncio.gather(*(ask(assistant, question, thread="t") for question in questions))
        kept = (await assistant.aget_state({"configurable": {"thread_id": "t"}})).values["messages"]
    assert all(reply.text for reply in replies)
    assert [message.text for message in kept if message.type == "human"] == questions


async def test_a_second_question_is_refused_where_the_settings_say_so(stocked):
    refusing = stocked.model_copy(update={"thread_busy": "refuse"})
    async with open_assistant(refusing, sources=[Notes()]) as assistant:
        asked = [ask(assistant, "울 니트는 어떻게 세탁해요?", thread=thread) for thread in ("t", "t", "other")]
        first, second, other = await asyncio.gather(*asked, return_exceptions=True)
        later = await ask(assistant, "울 니트는 어떻게 세탁해요?", thread="t")
    assert isinstance(second, InputError)
    assert "STYLEGRAPH_THREAD_BUSY" in str(second)
    assert all(reply.text for reply in (first, other, later))
