"""The assistant and its sources as tools, called over HTTP by the official client of the Model Context Protocol."""

from __future__ import annotations

import contextlib
import uuid

import httpx2
import pytest
from langgraph_sdk import get_client
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult
from served import keys, served

KEYS, ENVIRONMENT = keys("kim", "lee")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("toolbox"), **ENVIRONMENT) as started:
        yield started


def client_of(server, user, **options):
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {KEYS[user]}"}, timeout=90)
    return Client(streamable_http_client(f"{server.url}/mcp", http_client=http), raise_exceptions=True, **options)


async def test_the_tools_say_what_they_do_and_what_they_take(server):
    async with client_of(server, "kim") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == ["ask", "search", "read", "recommend", "recommend_outfit", "show_item"]
    ask = tools["ask"]
    assert ask.title == "Ask stylegraph"
    assert "citing each source" in ask.description
    assert ask.input_schema["required"] == ["question"]
    for tool in tools.values():
        assert all("description" in one for one in tool.input_schema["properties"].values())
    assert set(ask.output_schema["properties"]) == {
        "text",
        "status",
        "sources",
        "items",
        "choices",
        "follow_ups",
        "notes",
    }
    assert [name for name, tool in tools.items() if not tool.annotations.read_only_hint] == ["ask"]


@pytest.mark.parametrize(
    ("query", "said"), [("울 니트 세탁", "울"), ("washing wool", "wool")], ids=["Korean", "English"]
)
async def test_documents_are_found_and_read_word_for_word(server, query, said):
    async with client_of(server, "kim") as client:
        found = (await client.call_tool("search", {"query": query, "most": 3})).structured_content
        assert 0 < len(found["pieces"]) <= 3
        best = found["pieces"][0]
        assert any(said in piece["text"].lower() for piece in found["pieces"])
        document = (await client.call_tool("read", {"document": best["title"]})).structured_content
        assert document["title"] == best["title"]
        assert best["text"].split("\n")[0].strip() in document["text"]
        number, _, heading = document["sections"][-1].partition(". ")
        part = (await client.call_tool("read", {"document": best["title"], "section": number})).structured_content
        assert heading in part["text"]
        assert len(part["text"]) < len(document["text"])
        wrong = await client.call_tool("read", {"document": "없는 문서"})
        assert (wrong.is_error, "There is no document" in wrong.content[0].text) == (True, True)


async def test_the_packs_own_tools_are_asked_as_they_are(server):
    async with client_of(server, "kim") as client:
        wish = {"wish": "5만원 이하 흰 셔츠"}
        found = (await client.call_tool("recommend", wish)).structured_content
        shown = (await client.call_tool("show_item", {"id": found["pieces"][0]["data"]["id"]})).structured_content
    assert found["pieces"]
    assert all(piece["data"]["price_krw"] <= 50_000 for piece in found["pieces"])
    assert shown["pieces"][0]["data"]["id"] == found["pieces"][0]["data"]["id"]
    assert "/home/" not in str(found)


async def test_what_is_for_one_person_is_neither_found_nor_read_nor_listed_for_another(server):
    client = get_client(url=server.url, api_key=KEYS["kim"])
    secret = {"title": "Kim's zanzibar notes", "text": "# Kim's zanzibar notes\n\nZanzibar linen is washed at dawn."}
    thread = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread, "indexing", input={"texts": [secret]})
    seen = {}
    for user in ("kim", "lee"):
        async with client_of(server, user) as caller:
            found = (await caller.call_tool("search", {"query": "zanzibar linen"})).structured_content["pieces"]
            read = await caller.call_tool("read", {"document": secret["title"]})
            listed = {one.name: one.uri for one in (await caller.list_resources()).resources}
            seen[user] = ("dawn" in str(found), not read.is_error, secret["title"] in listed)
            if user == "kim":
                address = listed[secret["title"]]
                (whole,) = (await caller.read_resource(address)).contents
                assert "washed at dawn" in whole.text
                assert not [uri for uri in listed.values() if "/tmp" in uri or "home" in uri]
            else:
                with pytest.raises(MCPError, match="There is no document"):
                    await caller.read_resource(address)
    assert seen == {"kim": (True, True, True), "lee": (False, False, False)}


async def test_it_answers_with_its_sources(server):
    async with client_of(server, "kim") as client:
        result = await client.call_tool("ask", {"question": "울 니트는 어떻게 세탁해야 해?"})
    answer = result.structured_content
    assert (result.is_error, answer["status"]) == (False, "answered")
    assert all(source["title"] and source["quote"] for source in answer["sources"])
    assert answer["sources"]


async def test_a_follow_up_is_asked_in_the_same_conversation_by_the_same_person_only(server):
    conversation = str(uuid.uuid4())
    async with client_of(server, "kim") as client:
        await client.call_tool("ask", {"question": "여름에 입을 시원한 옷 추천해줘", "conversation": conversation})
        result = await client.call_tool("ask", {"question": "그럼 겨울에는?", "conversation": conversation})
        assert result.structured_content["items"]
    async with client_of(server, "lee") as client:
        theirs = await client.call_tool("ask", {"question": "그럼 겨울에는?", "conversation": conversation})
        assert theirs.is_error
        assert "Choose another UUID" in theirs.content[0].text
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        found = [
            (await http.get(f"/threads/{conversation}", headers={"Authorization": f"Bearer {KEYS[user]}"})).status_code
            for user in ("kim", "lee")
        ]
    assert found == [200, 404]


async def test_what_can_not_be_used_is_said(server):
    async with client_of(server, "kim") as client:
        result = await client.call_tool("ask", {"question": "이게 뭐야?", "pictures": ["/etc/passwd"]})
        assert result.is_error
        assert "Traceback" not in result.content[0].text
        assert "https address" in result.content[0].text
        assert (await client.call_tool("ask", {"question": ""})).is_error


async def test_nobody_calls_it_without_a_key(server):
    async with httpx2.AsyncClient() as http:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        answer = await http.post(
            f"{server.url}/mcp", json=body, headers={"Accept": "application/json, text/event-stream"}
        )
    assert answer.status_code == 401


@pytest.mark.parametrize("conversation", [None, str(uuid.uuid4())], ids=["new", "named"])
async def test_what_is_asked_back_is_put_to_the_person_over_http(server, conversation):
    put = []

    async def person(context, params):
        put.append(params.message)
        return ElicitResult(action="accept", content={"answer": "코트"})

    threads = get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS['lee']}"}).threads
    before = len(await threads.search(limit=1_000))
    async with client_of(server, "lee", elicitation_callback=person) as client:
        asked = {"question": "그거 얼마야?", "conversation": conversation}
        answer = (await client.call_tool("ask", asked)).structured_content
    assert len(put) == 1
    assert "코트" in put[0]  # among the quick answers
    assert answer["status"] != "asked_back"
    assert len(await threads.search(limit=1_000)) - before == (conversation is not None)


async def test_an_older_client_over_http_gets_the_question_as_the_answer(server):
    async def person(context, params):
        raise AssertionError("there is no way to ask over this transport")

    async with client_of(server, "kim", mode="legacy", elicitation_callback=person) as client:
        answer = (await client.call_tool("ask", {"question": "그거 얼마야?"})).structured_content
    assert answer["status"] == "asked_back"


async def test_conversations_whose_client_never_comes_back_do_not_pile_up(server):
    class GoneError(Exception):
        pass

    async def person(context, params):
        raise GoneError

    threads = get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS['kim']}"}).threads
    for number in range(22):
        with contextlib.suppress(Exception):
            async with client_of(server, "kim", elicitation_callback=person) as client:
                await client.call_tool("ask", {"question": "그거 얼마야?"})
        if number == 0:
            assert len(await threads.search(metadata={"waits": "mcp"})) == 1
    assert len(await threads.search(metadata={"waits": "mcp"}, limit=100)) == 20
