"""Going back in a conversation, as chat front-ends do it: another answer, another question, another branch."""

from __future__ import annotations

import base64
import io

import httpx
import pytest
from langgraph_sdk import get_client
from PIL import Image
from served import Server, keys

KEYS, ENVIRONMENT = keys("kim", "lee")


def asked(text, **more):
    return {"messages": [{"type": "human", "content": text, **more}]}


def client_of(server, user="kim"):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("branches"), ENVIRONMENT)
    yield started
    started.stop()


def text(message):
    """What a message says, without the citations that stand beside it."""
    said = message["content"]
    return said if isinstance(said, str) else "".join(block["text"] for block in said if block["type"] == "text")


def texts(values):
    return [text(message) for message in values["messages"]]


async def first_seen(client, thread, message):
    """The state in which a message is first seen on the present branch: what Agent Chat UI goes back from."""
    history = await client.threads.get_history(thread, limit=100)
    return [one for one in history if message in [said["id"] for said in one["values"].get("messages", [])]][-1]


@pytest.fixture
async def talk(server):
    kim = client_of(server)
    thread = (await kim.threads.create())["thread_id"]
    for question in ("How do I wash wool?", "How do I store winter coats?"):
        values = await kim.runs.wait(thread, "assistant", input=asked(question))
    return kim, thread, values


@pytest.mark.parametrize("turn", [0, 1])
async def test_an_answer_is_asked_for_again_and_question_and_answer_stay(talk, turn):
    kim, thread, before = talk
    question, answer = before["messages"][2 * turn], before["messages"][2 * turn + 1]
    place = (await first_seen(kim, thread, answer["id"]))["parent_checkpoint"]
    again = await kim.runs.wait(thread, "assistant", input=None, checkpoint=place)
    said = again["messages"]
    assert [one["id"] for one in said[:-1]] == [one["id"] for one in before["messages"][: 2 * turn + 1]]
    assert said[-2]["content"] == question["content"]
    assert (said[-1]["type"], text(said[-1])) == ("ai", text(answer))
    assert said[-1]["id"] != answer["id"]
    assert texts((await kim.threads.get_state(thread))["values"]) == texts(again)
    kept = [texts(one["values"]) for one in await kim.threads.get_history(thread, limit=100) if one["values"]]
    assert texts(before) in kept  # the first answer is a branch beside the new one


async def test_at_the_end_of_a_conversation_its_last_turn_is_asked_again(talk):
    kim, thread, before = talk
    for _ in range(2):
        again = await kim.runs.wait(thread, "assistant", input=None)
        assert texts(again) == texts(before)
    assert again["messages"][-1]["id"] != before["messages"][-1]["id"]


@pytest.mark.parametrize("turn", [0, 1])
async def test_a_question_is_edited_and_what_came_before_it_stays(talk, turn):
    kim, thread, before = talk
    place = (await first_seen(kim, thread, before["messages"][2 * turn]["id"]))["parent_checkpoint"]
    edited = await kim.runs.wait(thread, "assistant", input=asked("How do I wash silk?"), checkpoint=place)
    assert texts(edited)[:-1] == [*texts(before)[: 2 * turn], "How do I wash silk?"]
    assert "silk" in texts(edited)[-1].lower()
    further = await kim.runs.wait(thread, "assistant", input=asked("And linen?"))
    assert texts(further)[:-2] == texts(edited)


async def test_one_goes_on_from_either_branch(talk):
    kim, thread, before = talk
    first = (await kim.threads.get_state(thread))["checkpoint"]
    place = (await first_seen(kim, thread, before["messages"][2]["id"]))["parent_checkpoint"]
    await kim.runs.wait(thread, "assistant", input=asked("How do I wash silk?"), checkpoint=place)
    back = await kim.runs.wait(thread, "assistant", input=asked("And linen?"), checkpoint=first)
    assert texts(back)[:-2] == texts(before)


async def test_a_turn_that_stopped_in_its_middle_goes_on(server):
    kim = client_of(server)
    thread = (await kim.threads.create())["thread_id"]
    await kim.runs.wait(thread, "assistant", input=asked("How do I wash wool?"), interrupt_before=["remember"])
    done = await kim.runs.wait(thread, "assistant", input=None)
    assert [one["type"] for one in done["messages"]] == ["human", "ai"]


async def test_a_picture_is_looked_at_again(server):
    kim, shown = client_of(server), io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(shown, "PNG")
    block = {"type": "image", "base64": base64.b64encode(shown.getvalue()).decode(), "mime_type": "image/png"}
    thread = (await kim.threads.create())["thread_id"]
    first = await kim.runs.wait(
        thread,
        "assistant",
        input={"messages": [{"type": "human", "content": [{"type": "text", "text": "이거 뭐야?"}, block]}]},
    )
    before = (await kim.threads.get_state(thread))["values"]["turn"]["images"]
    again = await kim.runs.wait(thread, "assistant", input=None)
    assert (await kim.threads.get_state(thread))["values"]["turn"]["images"] == before
    assert texts(again) == texts(first)
    assert before


async def test_nobody_asks_anothers_question_again(talk, server):
    _, thread, _ = talk
    headers = {"Authorization": f"Bearer {KEYS['lee']}"}
    body = {"assistant_id": "assistant", "input": None}
    async with httpx.AsyncClient(headers=headers, timeout=60) as lee:
        refused = await lee.post(f"{server.url}/threads/{thread}/runs/wait", json=body)
    assert (refused.status_code, "wool" in refused.text) == (404, False)


async def test_what_was_before_a_state_is_read_by_the_checkpoint_that_a_client_has(talk):
    kim, thread, _ = talk
    newest, *older = await kim.threads.get_history(thread)
    found = await kim.threads.get_history(thread, before=newest["checkpoint"])
    assert [one["checkpoint"] for one in found] == [one["checkpoint"] for one in older]
