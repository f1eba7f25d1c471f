"""The server under OpenAI's names, called by the official `openai` client."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path

import httpx
import openai
import pytest
from langgraph.store.sqlite.aio import AsyncSqliteStore
from langgraph_sdk import get_client
from picture_parts import PHOTOS
from served import Server, keys, served
from standins.chat import Fault, calls, chat_server
from standins.turns import graded, looks_up

KEYS, ENVIRONMENT = keys("kim", "lee", "poor")
SCRIPT, PINNED = Path(__file__).with_name("openai.mjs"), "openai@6.49.0"
KO, EN = "울 니트는 어떻게 세탁해야 해?", "How do I wash a wool sweater?"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("openai"), **ENVIRONMENT, STYLEGRAPH_SERVER_TOKENS="1000") as started:
        yield started


def client_of(server, user="kim", **more):
    key = KEYS.get(user, user)
    return openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0, timeout=90, **more)


def sdk_of(server, user="kim"):
    return get_client(url=server.url, api_key=KEYS[user])


def said(*texts):
    roles = ("user", "assistant")
    return [{"role": roles[place % 2], "content": text} for place, text in enumerate(texts)]


async def test_assistants_are_models_at_each_effort_and_ones_own_only_for_oneself(server):
    own = await sdk_of(server).assistants.create("assistant", name="laundry", context={"effort": "quick"})
    kims = {model.id: model async for model in client_of(server).models.list()}
    lees = [model.id async for model in client_of(server, "lee").models.list()]
    assert lees == ["assistant", "assistant:quick", "assistant:standard", "assistant:thorough"]
    assert kims.keys() - set(lees) == {own["assistant_id"] + end for end in ("", ":quick", ":standard", ":thorough")}
    assert kims[own["assistant_id"]].name == "laundry"
    assert (await client_of(server).models.retrieve("assistant:quick")).id == "assistant:quick"
    answer = await client_of(server).chat.completions.create(model=own["assistant_id"], messages=said(EN))
    assert answer.choices[0].message.content
    with pytest.raises(openai.NotFoundError, match="There is no model"):
        await client_of(server, "lee").chat.completions.create(model=own["assistant_id"], messages=said(EN))


@pytest.mark.parametrize("question", [KO, EN])
async def test_a_question_is_answered_with_its_citations_where_they_stand(server, question):
    answer = await client_of(server).chat.completions.create(model="assistant", messages=said(question))
    (choice,) = answer.choices
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert choice.message.annotations
    for note in choice.message.annotations:
        cited = note.url_citation
        mark = choice.message.content[cited.start_index : cited.end_index]
        assert (note.type, mark[0], mark[-1], mark[1:-1].isdigit()) == ("url_citation", "[", "]", True)
        quoted = answer.stylegraph["citations"][int(mark[1:-1]) - 1]
        assert quoted["title"] == cited.title
        assert quoted["quote"]
    assert answer.stylegraph["status"] == "answered"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens == 0


@pytest.mark.parametrize("question", [KO, EN])
async def test_a_streamed_answer_is_the_same_with_what_is_done_as_reasoning(server, question):
    client = client_of(server)
    whole = await client.chat.completions.create(model="assistant", messages=said(question))
    chunks = [
        chunk
        async for chunk in await client.chat.completions.create(
            model="assistant", messages=said(question), stream=True, stream_options={"include_usage": True}
        )
    ]
    *pieces, last = chunks
    deltas = [piece.choices[0].delta for piece in pieces]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    reasoning = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert ("문서에서 찾는 중" if question is KO else "Looking in documents") in reasoning
    cited = next(delta.annotations for delta in deltas if getattr(delta, "annotations", None))
    assert cited == [note.model_dump() for note in whole.choices[0].message.annotations]
    assert pieces[-1].choices[0].finish_reason == "stop"
    assert (last.choices, last.usage.total_tokens) == ([], 0)
    assert len({chunk.id for chunk in chunks}) == 1


async def test_a_conversation_is_what_the_messages_say_and_nothing_of_it_is_kept(server):
    before = await sdk_of(server).threads.count()
    messages = said("How do I wash wool?", "By hand, in cold water.", "And silk?")
    answer = await client_of(server).chat.completions.create(model="assistant", messages=messages)
    assert "silk" in answer.choices[0].message.content.lower()
    assert await sdk_of(server).threads.count() == before


async def test_a_header_names_a_thread_in_which_follow_ups_know_what_was_shown(server):
    thread = str(uuid.uuid4())
    client = client_of(server, default_headers={"X-Thread-Id": thread})
    first = await client.chat.completions.with_raw_response.create(
        model="assistant", messages=said("5만원 이하 흰 셔츠 추천해줘")
    )
    assert first.headers["x-thread-id"] == thread
    text = first.parse().choices[0].message.content
    cheaper = said("5만원 이하 흰 셔츠 추천해줘", f"{text}\n\n(more that the front-end shows)", "더 싼 걸로 보여줘")
    second = await client.chat.completions.create(model="assistant", messages=cheaper)
    prices = [item["price_krw"] for item in second.stylegraph["recommendations"]]
    assert prices
    assert max(prices) < 50_000
    kept = (await sdk_of(server).threads.get_state(thread))["values"]["messages"]
    assert [one["type"] for one in kept] == ["human", "ai", "human", "ai"]
    again = await client.chat.completions.create(model="assistant", messages=[*cheaper[:2], *said("검은 걸로 보여줘")])
    assert again.choices[0].message.content
    kept = (await sdk_of(server).threads.get_state(thread))["values"]["messages"]
    assert [one["content"] for one in kept[::2]] == ["5만원 이하 흰 셔츠 추천해줘", "검은 걸로 보여줘"]
    with pytest.raises(openai.NotFoundError, match="no such conversation of yours"):
        other = client_of(server, "lee", default_headers={"X-Thread-Id": thread})
        await other.chat.completions.create(model="assistant", messages=said("더 싼 걸로"))


@pytest.mark.parametrize("question", [KO, EN])
async def test_a_response_is_stored_and_the_next_one_follows_it(server, question):
    client = client_of(server)
    first = await client.responses.create(model="assistant:quick", input=question)
    assert (first.status, first.error, first.usage.total_tokens) == ("completed", None, 0)
    (part,) = first.output[0].content
    assert part.text == first.output_text
    assert part.annotations
    for note in part.annotations:
        start = note.index if note.type == "file_citation" else note.start_index
        assert part.text[start] == "["
    follow_up = "실크는?" if question is KO else "And silk?"
    second = await client.responses.create(model="assistant", input=follow_up, previous_response_id=first.id)
    assert "silk" in second.output_text.lower()  # the samples speak of it in English
    branch = await client.responses.create(model="assistant", input=follow_up, previous_response_id=first.id)
    assert branch.output_text == second.output_text
    with pytest.raises(openai.NotFoundError) as refused:
        await client_of(server, "lee").responses.create(
            model="assistant", input=follow_up, previous_response_id=first.id
        )
    assert refused.value.code == "previous_response_not_found"


async def test_a_response_that_is_not_to_be_stored_is_not(server):
    before = await sdk_of(server).threads.count()
    answer = await client_of(server).responses.create(model="assistant", input=said(EN), store=False)
    assert answer.output_text
    assert await sdk_of(server).threads.count() == before


@pytest.mark.parametrize("question", [KO, EN])
async def test_a_response_is_streamed_as_the_client_accumulates_it(server, question):
    kinds = []
    async with client_of(server).responses.stream(model="assistant", input=question, store=False) as stream:
        async for event in stream:
            kinds.append(event.type)
        final = await stream.get_final_response()
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert "response.reasoning_summary_text.delta" in kinds
    assert "response.output_text.annotation.added" in kinds
    reasoning, message = final.output
    assert ("찾는 중" if question is KO else "Looking in") in reasoning.summary[0].text
    assert message.content[0].text == final.output_text
    assert message.content[0].annotations


def in_chat(url):
    return [{"type": "text", "text": "이 옷 무슨 색이야?"}, {"type": "image_url", "image_url": {"url": url}}]


def in_response(url):
    return [{"type": "input_text", "text": "이 옷 무슨 색이야?"}, {"type": "input_image", "image_url": url}]


async def test_a_picture_is_looked_at_within_the_same_bounds(server):
    photo = "data:image/webp;base64," + base64.b64encode((PHOTOS / "dress.webp").read_bytes()).decode()
    client = client_of(server)
    answer = await client.chat.completions.create(
        model="assistant", messages=[{"role": "user", "content": in_chat(photo)}]
    )
    same = await client.responses.create(
        model="assistant", input=[{"role": "user", "content": in_response(photo)}], store=False
    )
    assert answer.choices[0].message.content == same.output_text
    assert answer.stylegraph["status"] == "answered"
    for picture in ("data:image/png;base64,AAAA", "http://127.0.0.1:1/x.png", "/etc/passwd"):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(
                model="assistant", messages=[{"role": "user", "content": in_chat(picture)}], stream=True
            )
        assert refused.value.type == "invalid_request_error"


async def test_who_has_no_key_is_refused_as_openai_refuses(server):
    with pytest.raises(openai.AuthenticationError) as refused:
        await client_of(server, "somebody-elses-key-that-is-long").models.list()
    assert (refused.value.code, refused.value.type) == ("invalid_api_key", "authentication_error")
    assert "Send your key" in refused.value.body["message"]


async def test_what_can_not_be_done_is_refused_and_says_which_field(server):
    client = client_of(server)
    function = {"type": "function", "function": {"name": "f", "parameters": {}}}
    for more, param in (
        ({"n": 2}, "n"),
        ({"tools": [function], "tool_choice": "required"}, "tool_choice"),
        ({"tools": [function], "tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": [{"role": "system", "content": "Be brief."}]}, "messages"),
        ({"messages": said("x" * 20_001)}, None),
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(**{"model": "assistant", "messages": said(EN), **more})
        assert refused.value.param == param
    with pytest.raises(openai.BadRequestError, match="calls no functions"):
        await client.responses.create(model="assistant", input=EN, tools=[function], tool_choice="required")
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="assistant", input="x")


async def test_functions_may_be_offered_and_none_is_called(server):
    function = {"type": "function", "function": {"name": "f", "parameters": {}}}
    asked = {"model": "assistant", "messages": said(EN), "tools": [function], "tool_choice": "auto"}
    (choice,) = (await client_of(server).chat.completions.create(**asked)).choices
    assert (choice.finish_reason, choice.message.tool_calls) == ("stop", None)
    assert choice.message.annotations


async def test_a_question_alone_goes_on_in_its_thread_unless_it_is_all_that_was_asked(server):
    thread = str(uuid.uuid4())
    client = client_of(server, default_headers={"X-Thread-Id": thread})
    silk = "How do I wash silk?"
    for asked, there in ((EN, [EN]), (EN, [EN]), (silk, [EN, silk]), (EN, [EN, silk, EN])):
        await client.chat.completions.create(model="assistant", messages=said(asked))
        kept = (await sdk_of(server).threads.get_state(thread))["values"]["messages"]
        assert [one["content"] for one in kept[::2]] == there


async def test_over_the_limit_is_429_on_every_door(server):
    today = datetime.now(UTC).date().isoformat()
    async with AsyncSqliteStore.from_conn_string(str(server.folder / "home" / "people.sqlite")) as store:
        await store.aput(("spending", "poor", today), "a turn", {"tokens": 1_000})
    client = client_of(server, "poor")
    for stream in (False, True):
        with pytest.raises(openai.RateLimitError, match="1,000 tokens a day") as refused:
            await client.chat.completions.create(model="assistant", messages=said(EN), stream=stream)
        assert 0 < int(refused.value.response.headers["retry-after"]) <= 86_400
        assert refused.value.code == "rate_limit_exceeded"
        with pytest.raises(openai.RateLimitError):
            await client.responses.create(model="assistant", input=EN, stream=stream)
    async with httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {KEYS['poor']}"}) as plain:
        run = {"assistant_id": "assistant", "input": {"messages": said(EN)}}
        assert (await plain.post("/runs/wait", json=run)).status_code == 429


def test_the_javascript_client(server, tmp_path):
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node or npm")
    install = ["npm", "install", PINNED, "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(tmp_path)]
    done = subprocess.run(install, capture_output=True, text=True, check=False, cwd=tmp_path)
    if done.returncode:
        pytest.skip(f"npm could not install the client: {done.stderr[-300:]}")
    command = ["node", shutil.copy(SCRIPT, tmp_path), server.url, KEYS["lee"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen["models"] == ["assistant", "assistant:quick", "assistant:standard", "assistant:thorough"]
    assert seen["marks"]
    assert all(mark[0] == "[" and mark[1:-1].isdigit() and mark[-1] == "]" for mark in seen["marks"])
    assert (seen["same"], seen["response"]["status"]) == (True, "completed")
    assert seen["response"]["text"]
    assert "silk" in seen["next"].lower()
    assert seen["refused"] == {"status": 401, "code": "invalid_api_key"}


@pytest.fixture
async def modelled(tmp_path):
    """A server with a chat model whose turns a test scripts, and the model's server; it answers two questions at a time."""
    async with chat_server(grade=graded()) as model:
        environment = {
            **ENVIRONMENT,
            "STYLEGRAPH_BASE_URL": model.url,
            "STYLEGRAPH_MODEL": "a-model",
            "STYLEGRAPH_SERVER_RUNS": "2",
        }
        server = await asyncio.to_thread(Server, tmp_path, environment)
        yield server, model
        await asyncio.to_thread(server.stop)


async def test_usage_is_what_the_turn_has_spent_and_a_draft_is_never_content(modelled):
    server, model = modelled
    model.script["agent"] = [looks_up("Wash wool by hand [1.1].", search_documents="wool")]
    client = client_of(server)
    whole = await client.chat.completions.create(model="assistant", messages=said(EN))
    spent = whole.stylegraph["spent"]
    assert (whole.usage.prompt_tokens, whole.usage.completion_tokens) == (spent["tokens_in"], spent["tokens_out"])
    assert whole.usage.total_tokens > 0
    content, reasoning, checked = "", "", 0
    async for chunk in await client.chat.completions.create(model="assistant", messages=said(EN), stream=True):
        delta = chunk.choices[0].delta
        reasoning += getattr(delta, "reasoning_content", None) or ""
        if delta.content:
            content, checked = content + delta.content, model.count("grade")
    assert "Wash wool by hand" in reasoning
    assert (content, checked) == (whole.choices[0].message.content, 2)
    response = await client.responses.create(model="assistant", input=EN)
    assert response.usage.total_tokens == whole.usage.total_tokens


async def test_questions_at_once_have_a_limit_and_who_leaves_is_answered_no_further(modelled):
    server, model = modelled
    model.script["agent"] = [lambda seen: calls(search_documents="wool") if seen.begins else Fault(hang=30)]
    client = client_of(server)
    asked = {"model": "assistant", "messages": said(EN), "stream": True}
    streams = [await client.chat.completions.create(**asked) for _ in range(2)]
    while model.count("agent") < 4:
        await asyncio.sleep(0.05)
    with pytest.raises(openai.RateLimitError, match="2 questions at once") as refused:
        await client.responses.create(model="assistant", input=EN)
    assert refused.value.response.headers["retry-after"] == "2"
    for stream in streams:
        await stream.close()
    async with asyncio.timeout(20):
        while sum(seen.hung_up for seen in model.of("agent")) < 2:
            await asyncio.sleep(0.05)
    model.script["agent"] = [looks_up("Wash wool by hand [1.1].", search_documents="wool")]
    async with asyncio.timeout(20):
        while True:
            try:
                assert (await client.responses.create(model="assistant", input=EN)).output_text
                break
            except openai.RateLimitError:
                await asyncio.sleep(0.2)
