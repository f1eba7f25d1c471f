"""APIs: pages of records, the secret, and what OpenAPI says. The server is a real one on loopback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ingestion_web import Web, read

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record
from stylegraph.tools.ingestion.remote.api import Api, ApiReading
from stylegraph.tools.ingestion.remote.cache import Fetcher

SECRET = "s3cret-token"


def item(number: int) -> dict[str, Any]:
    return {"id": number, "title": f"제목 {number}", "text": f"본문 {number}"}


async def ask(web: Web, fetcher: Fetcher, path: str, **options: Any) -> list[Item]:
    return await read(ApiReading(web.url + path, web.url + path, fetcher, Api(**options), 100_000))


def ids(items: list[Item]) -> list[str]:
    assert all(isinstance(one, Record) for one in items), items
    return [one.id for one in items if isinstance(one, Record)]


async def test_records_are_made_by_pointers_and_templates(web: Web, fetcher: Fetcher) -> None:
    post = {
        "slug": "wool",
        "meta": {"title": "울 <em>관리</em>", "author": {"name": "지민"}, "tags": ["care", "wool"]},
        "content": {"rendered": "<p>찬물에서</p><p>빱니다.</p>"},
        "views": 3,
    }
    web.pages["/posts"] = {"data": {"items": [post, {"slug": "empty"}]}}
    record, other = await ask(
        web,
        fetcher,
        "/posts",
        records="/data/items",
        id="/slug",
        title="{/meta/title}",
        text="{/content/rendered}\n\nTags: {/meta/tags}",
        url="https://blog.example.com/{/slug}",
        html=True,
        fields=("/views", "/meta/author/name", "/nowhere"),
    )
    assert isinstance(record, Record)
    assert (record.id, record.title, record.url) == ("wool", "울 관리", "https://blog.example.com/wool")
    assert record.text == "찬물에서\n\n빱니다.\n\nTags: care, wool"
    assert {name: record.metadata.get(name) for name in ("views", "meta.author.name", "nowhere")} == {
        "views": 3,
        "meta.author.name": "지민",
        "nowhere": None,
    }
    (chunk,) = chunks_of(record, Chunking(800, 0))
    assert chunk["locator"]["pointer"] == "/data/items/0"
    assert isinstance(other, Record)  # what is missing leaves nothing behind
    assert other.text == "Tags:"


async def test_a_record_s_place_among_others_does_not_make_it_another(web: Web, fetcher: Fetcher) -> None:
    from stylegraph.tools.ingestion.changes import _hash

    web.pages["/posts"] = [item(1)]
    (alone,) = await ask(web, fetcher, "/posts")
    web.pages["/posts"] = [item(2), item(1)]
    _, second = await ask(web, fetcher, "/posts")
    assert isinstance(alone, Record)
    assert isinstance(second, Record)
    assert alone.marks != second.marks
    assert _hash(alone, Chunking(800, 0)) == _hash(second, Chunking(800, 0))


async def test_lines_of_json_are_records(web: Web, fetcher: Fetcher) -> None:
    body = "\n".join(json.dumps(item(n)) for n in (1, 2))
    web.pages["/lines"] = (200, body, {"content-type": "application/x-ndjson"})
    assert ids(await ask(web, fetcher, "/lines")) == ["1", "2"]


async def test_pages_are_followed_by_link(web: Web, fetcher: Fetcher) -> None:
    link = {"link": '</posts?p=0>; rel="prev", </posts?p=2>; rel="next"'}
    web.pages = {"/posts": (200, [item(1)], link), "/posts?p=2": [item(2)]}
    assert ids(await ask(web, fetcher, "/posts", follow="link")) == ["1", "2"]
    assert ids(await ask(web, fetcher, "/posts")) == ["1"]


async def test_pages_are_followed_by_cursor(web: Web, fetcher: Fetcher) -> None:
    web.pages = {
        "/posts?size=1": {"items": [item(1)], "next": "a b"},
        "/posts?size=1&after=a+b": {"items": [item(2)], "next": "/posts?size=1&after=c"},
        "/posts?size=1&after=c": {"items": [item(3)], "next": None},
    }
    found = await ask(web, fetcher, "/posts?size=1", records="/items", follow="cursor", cursor="/next", param="after")
    assert ids(found) == ["1", "2", "3"]


async def test_pages_are_followed_by_number_until_one_is_empty(web: Web, fetcher: Fetcher) -> None:
    web.pages = {"/posts": [item(1)], "/posts?page=2": [item(2)], "/posts?page=3": []}
    assert ids(await ask(web, fetcher, "/posts", follow="page")) == ["1", "2"]
    assert web.paths == ["/posts", "/posts?page=2", "/posts?page=3"]


async def test_a_server_that_leads_in_circles_or_on_for_ever_is_left(web: Web, fetcher: Fetcher) -> None:
    web.pages["/posts"] = (200, [item(1)], {"link": "</posts>; rel=next"})
    assert ids(await ask(web, fetcher, "/posts", follow="link")) == ["1"]
    web.pages |= {f"/posts?page={n}": [item(n)] for n in range(1, 9)}
    *records, failure = await ask(web, fetcher, "/posts", follow="page", max_pages=3)
    assert (len(records), isinstance(failure, Failure)) == (3, True)


async def test_the_secret_is_sent_and_neither_shown_nor_stored(
    web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOG_TOKEN", SECRET)
    web.pages = {"/posts": (200, [item(1)], {"etag": '"v1"'}), "/denied": (401, "no", {})}
    items = await ask(web, fetcher, "/posts", token_env="BLOG_TOKEN")
    items += await ask(web, fetcher, "/posts", token_env="BLOG_TOKEN", header="X-Key")
    items += await ask(web, fetcher, "/posts", token_env="BLOG_TOKEN", prefix="Token ")
    items += await ask(web, fetcher, "/denied", token_env="BLOG_TOKEN")
    sent = [(one.headers.get("authorization"), one.headers.get("x-key")) for one in web.asked]
    assert sent[:3] == [(f"Bearer {SECRET}", None), (None, SECRET), (f"Token {SECRET}", None)]
    assert isinstance(items[-1], Failure)
    assert SECRET not in repr(items)
    assert not list(fetcher.settings.home.glob("*"))


async def test_the_secret_goes_to_no_other_server(web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_TOKEN", SECRET)
    away = web.url.replace("127.0.0.1", "localhost")
    web.pages["/posts"] = (200, [item(1)], {"link": f"<{away}/posts?p=2>; rel=next"})
    _, failure = await ask(web, fetcher, "/posts", token_env="BLOG_TOKEN", follow="link")
    assert isinstance(failure, Failure)
    assert failure.reason == "names a next page on another server"
    assert web.paths == ["/posts"]


@pytest.mark.parametrize("value", [None, "two\nlines", "한글"])
async def test_a_secret_that_is_not_there_or_can_not_be_sent_is_named(
    web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("BLOG_TOKEN", raising=False)
    if value:
        monkeypatch.setenv("BLOG_TOKEN", value)
    (failure,) = await ask(web, fetcher, "/posts", token_env="BLOG_TOKEN")
    assert isinstance(failure, Failure)
    assert "BLOG_TOKEN" in failure.reason
    assert web.asked == []


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<html>maintenance</html>", "not JSON"),
        ({"other": []}, "no records at '/items'"),
        ({"items": 7}, "no records at '/items'"),
        ((500, "broken", {}), "answered 500"),
    ],
)
async def test_an_answer_that_makes_no_sense_keeps_what_is_indexed(
    web: Web, fetcher: Fetcher, page: Any, reason: str
) -> None:
    web.pages["/posts"] = page
    (failure,) = await ask(web, fetcher, "/posts", records="/items")
    assert isinstance(failure, Failure)
    assert reason in failure.reason
    assert failure.hides


OPENAPI = {
    "openapi": "3.1.0",
    "servers": [{"url": "/{version}", "variables": {"version": {"default": "v2"}}}],
    "security": [{"key": []}],
    "paths": {
        "/shops/{shop}/posts": {
            "parameters": [{"$ref": "#/components/parameters/shop"}],
            "get": {
                "operationId": "listPosts",
                "parameters": [{"name": "lang", "in": "query", "required": True}, {"name": "size", "in": "query"}],
            },
            "post": {"operationId": "addPost"},
        }
    },
    "components": {
        "parameters": {"shop": {"name": "shop", "in": "path", "required": True}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Shop-Key"}},
    },
}


async def test_an_openapi_operation_names_the_request(
    web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KEY", SECRET)
    web.pages = {"/openapi.json": OPENAPI, "/v2/shops/a%20b/posts?lang=ko": [item(1)]}
    options = {"operation": "listPosts", "params": {"shop": "a b", "lang": "ko"}, "token_env": "SHOP_KEY"}
    assert ids(await ask(web, fetcher, "/openapi.json", **options)) == ["1"]
    assert [one.headers.get("x-shop-key") for one in web.asked] == [None, SECRET]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"operation": "addPost"}, "listPosts"),
        ({"operation": "listPosts", "params": {"shop": "a"}}, "needs lang"),
        ({"operation": "listPosts", "params": {"shop": "a", "lang": "ko", "typo": "x"}}, "no parameter 'typo'"),
    ],
)
async def test_what_an_operation_lacks_is_said(web: Web, fetcher: Fetcher, options: dict[str, Any], told: str) -> None:
    web.pages["/openapi.json"] = OPENAPI
    (failure,) = await ask(web, fetcher, "/openapi.json", **options)
    assert isinstance(failure, Failure)
    assert told in f"{failure.reason} {failure.remedy}"


async def test_an_openapi_document_may_be_yaml(web: Web, fetcher: Fetcher) -> None:
    text = "paths:\n  /posts:\n    get:\n      operationId: all\n"
    web.pages = {"/openapi.yaml": (200, text, {"content-type": "text/yaml"}), "/posts": [item(1)]}
    assert ids(await ask(web, fetcher, "/openapi.yaml", operation="all")) == ["1"]
