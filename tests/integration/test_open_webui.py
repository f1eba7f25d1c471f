"""What Open WebUI sends, replayed against the server: `data/open_webui.json` holds its requests as they were recorded.

It has sent them while a person asked two questions and had the second answered again; sent a picture, wanted something like
it, and edited the first question; and attached a document. What the assistant said goes back with the next question, so here
it is what this server has just said.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client
from picture_parts import PHOTOS
from served import keys, served

KEYS, ENVIRONMENT = keys("kim")
BEARER = {"Authorization": f"Bearer {KEYS['kim']}"}
RECORDED = json.loads((Path(__file__).parents[1] / "data" / "open_webui.json").read_text("utf-8"))["requests"]
TALK, PICTURE, DOCUMENT = dict.fromkeys(one["headers"]["X-Thread-Id"] for one in RECORDED if one["method"] == "POST")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("open_webui"), **ENVIRONMENT) as started:
        yield started


@pytest.fixture(scope="module")
def replayed(server):
    """Conversation -> what was asked in it, and what came back."""
    exchanges = defaultdict(list)
    with httpx.Client(base_url=server.url, timeout=90) as client:
        for request in RECORDED:
            if request["method"] == "POST":
                thread = request["headers"]["X-Thread-Id"]
                exchanges[thread].append(replay(client, request, exchanges[thread]))
    return exchanges


def replay(client, request, before):
    """Send a request again, with what the server has said meanwhile; return what came of it, as Open WebUI reads it."""
    body = as_sent(request["body"])
    answers = iter([one["content"] for one in before if one["stream"]])
    for message in body["messages"]:
        if message["role"] == "assistant":
            message["content"] = next(answers)
    response = client.post(request["path"], headers=BEARER | request["headers"], content=json.dumps(body))
    assert response.status_code == 200, response.text
    return {"asked": body["messages"], "stream": body["stream"], **heard(response, stream=body["stream"])}


def as_sent(body):
    photo = base64.b64encode((PHOTOS / "dress.webp").read_bytes()).decode()
    return json.loads(json.dumps(body).replace("<dress.webp>", photo))


def heard(response, *, stream):
    if not stream:
        return {"content": response.json()["choices"][0]["message"]["content"]}
    *events, end = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert end == "[DONE]"
    chunks = [json.loads(event) for event in events]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    return {
        "content": "".join(delta.get("content") or "" for delta in deltas),
        "reasoning": "".join(delta.get("reasoning_content") or "" for delta in deltas),
        "annotations": next((delta["annotations"] for delta in deltas if "annotations" in delta), []),
        "stylegraph": chunks[-1]["stylegraph"],
    }


def answers(exchanges):
    return [one for one in exchanges if one["stream"]]


def tasks(exchanges, field):
    """What was wanted about a conversation in the form of one field, read as Open WebUI reads it."""
    found = [one["content"] for one in exchanges if not one["stream"] and f'"{field}"' in one["asked"][-1]["content"]]
    return [json.loads(text[text.find("{") : text.rfind("}") + 1])[field] for text in found]


async def kept(server, thread):
    state = await get_client(url=server.url, api_key=KEYS["kim"]).threads.get_state(thread)
    return state["values"]["messages"]


def words(message):
    content = message["content"]
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content if "text" in part)


def test_the_models_are_listed_by_name(server):
    (request,) = [one for one in RECORDED if one["method"] == "GET"]
    listed = httpx.get(server.url + request["path"], headers=BEARER | request["headers"]).json()
    assert [model["name"] for model in listed["data"]][:2] == ["stylegraph", "stylegraph (quick)"]


def test_the_functions_that_it_offers_with_each_question_hinder_no_answer(replayed):
    assert any("tools" in one["body"] for one in RECORDED if one["method"] == "POST")
    assert [one["stylegraph"]["status"] for one in answers(replayed[TALK])] == ["answered"] * 3
    assert all("Looking in documents" in one["reasoning"] for one in answers(replayed[TALK]))
    assert "silk" in answers(replayed[TALK])[1]["content"].lower()


def test_each_mark_leads_to_the_source_of_its_own_quote(replayed):
    """It counts the addresses of annotations in the order they come: `[3]` is the third that differs."""
    for answer in answers(replayed[TALK]):
        cited = [note["url_citation"] for note in answer["annotations"]]
        counted = list({one["url"]: one["title"] for one in cited}.values())
        assert counted == [citation["title"] for citation in answer["stylegraph"]["citations"]]
        assert all(answer["content"][one["start_index"]] == "[" for one in cited)


async def test_what_is_wanted_about_a_conversation_is_given_and_is_no_part_of_it(server, replayed):
    assert tasks(replayed[TALK], "title") == ["How do I wash a wool sweater?"]
    assert tasks(replayed[TALK], "tags") == [[]]
    offered = [answer["stylegraph"]["follow_ups"] for answer in answers(replayed[TALK])]
    assert tasks(replayed[TALK], "follow_ups") == offered
    assert all(offered)
    said = await kept(server, TALK)
    assert [words(one) for one in said[::2]] == ["How do I wash a wool sweater?", "And silk?"]


async def test_an_answer_asked_for_again_takes_the_place_of_the_first(server, replayed):
    first, *_, again = answers(replayed[TALK])
    said = await kept(server, TALK)
    assert [words(one) for one in said[1::2]] == [first["content"], again["content"]]


async def test_a_picture_is_seen_and_followed_up_and_an_edited_first_question_goes_on(server, replayed):
    colour, like_it, material = answers(replayed[PICTURE])
    assert "빨간색" in colour["content"]
    prices = [item["price_krw"] for item in like_it["stylegraph"]["recommendations"]]
    assert prices
    assert max(prices) <= 50_000
    assert "소재" in material["content"]
    said = await kept(server, PICTURE)
    assert [words(one) for one in said[1::2]] == [one["content"] for one in (colour, like_it, material)]


async def test_a_document_that_it_read_itself_is_said_not_to_be_read_here(server, replayed):
    (answer,) = answers(replayed[DOCUMENT])
    assert "17 weeks" in json.dumps(replayed[DOCUMENT][-3]["asked"])
    assert answer["content"].count("was not read: fables.md. Add it as a document") == 1
    assert tasks(replayed[DOCUMENT], "queries") == [[]]
    assert words((await kept(server, DOCUMENT))[0]) == "How often must the zelkova chair be oiled?"
