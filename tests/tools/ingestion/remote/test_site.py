"""A site: followed as far as it may be, and no further. The server is a real one on loopback."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from ingestion_web import Web, read

from stylegraph.tools.ingestion.formats.record import Failure, Record, Skipped
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.ingestion.remote.site import Limits, SiteReading
from stylegraph.tools.net import robots


def page(text: str, *links: str, head: str = "") -> str:
    anchors = "".join(f'<a href="{link}">x</a>' for link in links)
    return f"<html><head>{head}</head><body><p>{text}</p><nav>{anchors}</nav></body></html>"


async def crawl(
    web: Web, fetcher: Fetcher, path: str = "/", **limits: Any
) -> tuple[dict[str, str], dict[str, str], list[Failure]]:
    """Return path -> text of what was read, path -> reason of what was passed over, and failures."""
    items = await read(SiteReading(web.url + path, fetcher, Limits(**limits), 100_000))
    texts = {item.url.removeprefix(web.url): item.text for item in items if isinstance(item, Record)}
    skipped = {item.where.removeprefix(web.url): item.reason for item in items if isinstance(item, Skipped)}
    return texts, skipped, [item for item in items if isinstance(item, Failure)]


async def test_links_are_followed_breadth_first_within_the_depth(web: Web, fetcher: Fetcher) -> None:
    web.pages = {
        "/": page("home", "/a#part", "b", "mailto:x@example.com", "http://elsewhere.example/", "/A b"),
        "/a": page("a", "/deep", "/"),
        "/b": page("b", "/deep"),
        "/A%20b": page("space"),
        "/deep": page("deep", "/deeper"),
        "/deeper": page("deeper"),
    }
    texts, skipped, failures = await crawl(web, fetcher, depth=2)
    assert list(texts.items()) == [("/", "home"), ("/a", "a"), ("/b", "b"), ("/A%20b", "space"), ("/deep", "deep")]
    assert (skipped, failures) == ({}, [])
    assert list((await crawl(web, fetcher, depth=0))[0]) == ["/"]


async def test_no_more_pages_are_read_than_were_allowed(web: Web, fetcher: Fetcher) -> None:
    web.pages = {"/": page("home", *(f"/{n}" for n in range(9))), **{f"/{n}": page(str(n)) for n in range(9)}}
    texts, skipped, _ = await crawl(web, fetcher, pages=4)
    assert list(texts) == ["/", "/0", "/1", "/2"]
    assert set(skipped.values()) == {"beyond the limit of 4 pages"}


async def test_paths_outside_are_not_visited(web: Web, fetcher: Fetcher) -> None:
    web.pages = {"/docs/": page("docs", "/docs/a", "/blog/b"), "/docs/a": page("a"), "/blog/b": page("b")}
    texts, _, _ = await crawl(web, fetcher, "/docs/", within="/docs/")
    assert list(texts) == ["/docs/", "/docs/a"]


async def test_robots_txt_is_asked_once_and_respected(web: Web, fetcher: Fetcher) -> None:
    web.pages = {
        "/robots.txt": (
            200,
            "User-agent: *\nDisallow: /private/*.html\nDisallow: /x$\n\nUser-agent: stylegraph\nDisallow: /no",
            {"content-type": "text/plain"},
        ),
        "/": page("home", "/no", "/yes", "/private/a.html"),
        "/yes": page("yes"),
        "/private/a.html": page("for stylegraph only its own rules count"),
    }
    texts, skipped, _ = await crawl(web, fetcher)
    assert list(texts) == ["/", "/yes", "/private/a.html"]
    assert skipped == {"/no": "disallowed by robots.txt"}
    assert web.paths.count("/robots.txt") == 1
    _, _, (failure,) = await crawl(web, fetcher, "/no")
    assert "robots.txt" in failure.reason


async def test_a_site_whose_robots_txt_fails_is_not_read_and_nothing_counts_as_gone(web: Web, fetcher: Fetcher) -> None:
    web.pages = {"/robots.txt": (503, "busy", {}), "/": page("home")}
    texts, _, (failure,) = await crawl(web, fetcher)
    assert (texts, failure.hides) == ({}, True)
    assert "/" not in web.paths


async def test_a_crawl_delay_is_kept(web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(fetcher, "pause", waited.append)
    web.pages = {"/robots.txt": (200, "User-agent: *\nCrawl-delay: 7", {"content-type": "text/plain"}), "/": page("a")}
    await crawl(web, fetcher)
    assert waited == [7.0]
    assert robots.PAUSE == 0.0


async def test_pages_say_whether_they_are_read_and_followed(web: Web, fetcher: Fetcher) -> None:
    web.pages = {
        "/": page("home", "/noindex", "/nofollow", '/asked" rel="nofollow'),
        "/noindex": page("no", "/behind", head='<meta name="robots" content="noindex">'),
        "/nofollow": page("yes", "/hidden", head='<meta name="robots" content="NOFOLLOW">'),
        "/behind": page("behind"),
        "/hidden": page("hidden"),
        "/asked": page("asked"),
    }
    texts, skipped, _ = await crawl(web, fetcher)
    assert set(texts) == {"/", "/nofollow", "/behind"}
    assert skipped == {"/noindex": "asks not to be indexed"}


@pytest.mark.parametrize("packed", [False, True])
async def test_a_sitemap_lists_pages_also_through_an_index(web: Web, fetcher: Fetcher, packed: bool) -> None:
    def listing(root: str, *paths: str) -> str:
        entries = "".join(f"<x><loc>{web.url}{path}</loc></x>" for path in paths)
        return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'

    web.pages = {
        "/sitemap.xml": (200, listing("sitemapindex", "/map/one.xml"), {"content-type": "application/xml"}),
        "/map/one.xml": (200, listing("urlset", "/docs/a", "/docs/b", "/gone"), {"content-type": "text/xml"}),
        "/docs/a": page("a", "/other"),
        "/docs/b": page("b"),
        "/other": page("not listed"),
    }
    if packed:
        body = gzip.compress(web.pages["/map/one.xml"][1].encode())
        web.pages["/map/one.xml"] = (200, body, {"content-type": "application/gzip"})
    texts, skipped, _ = await crawl(web, fetcher, "/sitemap.xml", depth=2, within="/docs/")
    assert list(texts) == ["/docs/a", "/docs/b"]
    texts, skipped, _ = await crawl(web, fetcher, "/sitemap.xml", depth=2)
    assert skipped == {"/gone": "not there"}


async def test_a_feed_leads_to_its_pages(web: Web, fetcher: Fetcher) -> None:
    feed = f"<rss version='2.0'><channel><item><link>{web.url}/post</link></item></channel></rss>"
    web.pages = {"/feed": (200, feed, {"content-type": "application/rss+xml"}), "/post": page("the whole post")}
    texts, _, _ = await crawl(web, fetcher, "/feed")
    assert texts == {"/post": "the whole post"}


async def test_a_page_that_fails_is_kept_and_hides_what_is_behind_it(web: Web, fetcher: Fetcher) -> None:
    web.pages = {"/": page("home", "/a", "/b"), "/a": (500, "broken", {}), "/b": page("b")}
    texts, _, (failure,) = await crawl(web, fetcher)
    assert list(texts) == ["/", "/b"]
    assert (failure.id, failure.hides) == (f"{web.url}/a", True)


async def test_a_redirect_is_known_by_where_it_leads_and_not_followed_elsewhere(web: Web, fetcher: Fetcher) -> None:
    web.pages = {
        "/": page("home", "/old", "/new", "/away"),
        "/old": (301, "", {"location": "/new"}),
        "/new": page("new"),
        "/away": (302, "", {"location": web.url.replace("127.0.0.1", "localhost") + "/new"}),
    }
    texts, skipped, _ = await crawl(web, fetcher)
    assert list(texts) == ["/", "/new"]
    assert set(skipped) == {"/old", "/away"}


async def test_what_is_no_page_is_passed_over(web: Web, fetcher: Fetcher) -> None:
    web.pages = {"/": page("home", "/a.png"), "/a.png": (200, "png", {"content-type": "image/png"})}
    _, skipped, _ = await crawl(web, fetcher)
    assert skipped == {"/a.png": "of a type that is not read"}
