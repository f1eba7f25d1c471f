"""Secrets are planted in every place of every kind of exchange, and looked for in the files."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote

import httpx
import httpx2
import openai
import pytest
from elasticsearch import ApiError, AsyncElasticsearch
from standins.http import serving
from tavily import AsyncTavilyClient

from stylegraph.evals.replay.http import recording, replaying

KEY = 'P"lain/secret+value=77'
"""Not shaped like a key: it must be found because it is known, in whatever form it is written."""
OTHERS = "sk-somebody-elses-1234567890"
"""Nobody knows this one: it must be found by its shape."""
NAME = "http://server.invalid"
FORMS = [KEY, quote(KEY, safe=""), json.dumps(KEY)[1:-1], b64encode(KEY.encode()).decode(), OTHERS]


def echo(status: int = 200, streamed: bool = False, **payload):
    """Make a server that repeats secrets in its headers, its body, and what it streams."""

    async def handle(exchange):
        headers = {
            "set-cookie": f"session={OTHERS}",
            "x-request-id": quote(KEY),
            "x-elastic-product": "Elasticsearch",
            "content-type": "application/json",
            "openai-organization": OTHERS,
        }
        if streamed:
            half = len(KEY) // 2
            pieces = ["the key is ", KEY[:half], KEY[half:], f" or {OTHERS[:9]}", OTHERS[9:], "."]
            chunk = {"id": OTHERS, "object": "chat.completion.chunk", "created": 1, "model": "m"}
            events = [{**chunk, "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
            await exchange.stream([*(json.dumps(event, ensure_ascii=False) for event in events), "[DONE]"])
            return
        said = f"refused: {KEY}, {json.dumps(KEY)}, {quote(KEY, safe='')}, Bearer {OTHERS}"
        body = {"error": {"message": said, "type": OTHERS}, "detail": {"error": said}, "api_key": "short", **payload}
        await exchange.answer(status, body, headers)

    return handle


async def by_httpx(url):
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}", "cookie": OTHERS}) as client:
        await client.post(
            f"{url}/any?api_key={quote(KEY)}&q=1&token=short", json={"api_key": KEY, "q": [{"password": "short"}]}
        )


async def by_httpx2(url):
    async with httpx2.AsyncClient() as client:
        await client.get(f"{url}/any/{quote(KEY, safe='')}", params={"key": OTHERS})


def client_of(url):
    return openai.AsyncOpenAI(api_key=OTHERS, base_url=f"{url}/v1", max_retries=0, organization=OTHERS)


async def by_model_that_fails(url):
    with pytest.raises(openai.APIStatusError):
        await client_of(url).chat.completions.create(model="m", messages=[{"role": "user", "content": KEY}])


async def by_streaming_model(url):
    asked = [{"role": "user", "content": "What is the key?"}]
    stream = await client_of(url).chat.completions.create(model="m", messages=asked, stream=True)
    return "".join([chunk.choices[0].delta.content async for chunk in stream])


async def by_embeddings(url):
    made = await client_of(url).embeddings.create(model="m", input=[KEY, OTHERS], encoding_format="float", user=OTHERS)
    assert len(made.data[0].embedding) == 128


async def by_packed_embeddings(url):
    made = await client_of(url).embeddings.create(model="m", input=[KEY, OTHERS], encoding_format="base64")
    assert made.data[0].embedding == PACKED


async def by_tavily(url):
    client = AsyncTavilyClient(api_key=OTHERS, api_base_url=url)
    await client.search(f"what is {KEY}", include_domains=[OTHERS])
    await client.close()


def cluster_of(url):
    return AsyncElasticsearch(url.replace("invalid", "invalid:9200"), basic_auth=("kim", KEY), max_retries=0)


async def by_cluster(url):
    async with cluster_of(url) as client:
        lines = [{"index": "a"}, {"query": {"term": {"text": KEY}}, "knn": [0.5] * 512}]
        await client.msearch(searches=lines)


async def by_cluster_that_fails(url):
    async with cluster_of(url) as client:
        with pytest.raises(ApiError):
            await client.search(index="a", query={"match": {"text": OTHERS}})


EMBEDDED = {"data": [{"index": 0, "object": "embedding", "embedding": [0.1] * 128}], "model": "m", "usage": {}}
PACKED = "zczMPc3MzD0="
KINDS = {
    "httpx": (by_httpx, echo()),
    "httpx2": (by_httpx2, echo(500)),
    "a model that fails": (by_model_that_fails, echo(401)),
    "a streaming model": (by_streaming_model, echo(streamed=True)),
    "embeddings": (by_embeddings, echo(**EMBEDDED)),
    "packed embeddings": (by_packed_embeddings, echo(data=[{"index": 0, "embedding": PACKED}], model=KEY)),
    "Tavily": (by_tavily, echo(results=[{"title": KEY, "url": f"{NAME}?key={OTHERS}", "content": OTHERS}])),
    "Elasticsearch": (by_cluster, echo(responses=[{"hits": {"hits": [{"_source": {"text": KEY}}]}}])),
    "Elasticsearch that fails": (by_cluster_that_fails, echo(403)),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_no_secret_reaches_the_file(kind, tmp_path):
    ask, handler = KINDS[kind]
    path = tmp_path / "suite" / "case.yaml"
    async with serving(handler) as url:
        name = f"{NAME}:9200" if "Elastic" in kind else NAME
        with recording(path, {"model": "a stand-in"}, {url: name}, [KEY]):
            await ask(url)
    written = path.read_text(encoding="utf-8")
    assert [form for form in FORMS if form in written] == []
    assert not {"authorization", "cookie", "x-request-id", "organization"} & set(
        written.lower().replace(":", " ").split()
    )
    assert "short" not in written
    assert "[secret]" in written


async def test_a_secret_that_comes_in_pieces_is_noticed(tmp_path):
    path = tmp_path / "suite" / "case.yaml"
    async with serving(echo(streamed=True)) as url:
        with recording(path, {"model": "a stand-in"}, {url: NAME}, [KEY]):
            assert KEY in await by_streaming_model(url)
    with replaying(path):
        assert await by_streaming_model(NAME) == "the key is [secret] or [secret]."


async def test_a_vector_is_not_written_out(tmp_path):
    path = tmp_path / "suite" / "case.yaml"
    async with serving(echo(responses=[])) as url:
        with recording(path, {"model": "none"}, {url: f"{NAME}:9200"}, [KEY]):
            await by_cluster(url)
    assert "a vector of 512 numbers" in path.read_text(encoding="utf-8")
