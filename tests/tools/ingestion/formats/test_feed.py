"""Feeds: entries as they stand there."""

from __future__ import annotations

import io

import pytest

from stylegraph.tools.ingestion.formats.feed import read_feed
from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record
from stylegraph.tools.ingestion.remote.web import PageReading
from stylegraph.tools.net.fetch import Fetched

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>옷장일기</title>
<item><title>울 &amp;amp; 캐시미어</title><link>https://example.com/wool</link><guid>post-1</guid>
<pubDate>Sun, 31 May 2026 23:00:00 +0900</pubDate><category>care</category>
<description>짧은 소개</description>
<content:encoded><![CDATA[<p>찬물에서 <b>손으로</b> 빱니다.</p><ul><li>중성 세제</li></ul>]]></content:encoded></item>
<item><title>Only a title</title><link>https://example.com/title</link></item>
<item><link>https://example.com/nothing</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
<entry><id>tag:1</id><title>Linen</title><link href="https://example.com/linen"/><updated>2026-05-31T10:00:00Z</updated>
<summary type="html">&lt;p&gt;Iron it damp.&lt;/p&gt;</summary></entry></feed>"""
ORIGIN = Origin("https://example.com/feed", "https://example.com/feed", "feed", 100_000)


def test_an_entry_is_a_document_with_its_address_date_and_tags() -> None:
    first, second, third = read_feed(io.BytesIO(RSS.encode()), ORIGIN)
    assert isinstance(first, Record)
    assert (first.id, first.title, first.url) == ("post-1", "울 & 캐시미어", "https://example.com/wool")
    assert first.text == "찬물에서 손으로 빱니다.\n\n- 중성 세제"
    assert (first.metadata["published"], first.metadata["tags"]) == ("2026-05-31", ["care"])
    assert isinstance(second, Record)
    assert second.text == "Only a title"
    assert isinstance(third, Failure)
    assert third.where.endswith("entry 3")


def test_atom_is_read_too() -> None:
    (entry,) = read_feed(io.BytesIO(ATOM.encode()), ORIGIN)
    assert isinstance(entry, Record)
    assert (entry.id, entry.text, entry.metadata["published"]) == ("tag:1", "Iron it damp.", "2026-05-31")


@pytest.mark.parametrize("content_type", ["application/rss+xml", "text/xml", "application/xml", "text/plain"])
def test_a_feed_is_known_by_its_root_and_never_gives_all_there_is(content_type: str) -> None:
    fetched = Fetched("https://example.com/feed", RSS.encode(), content_type, None, None, None)
    reading = PageReading("https://example.com/feed", fetched, 100_000)
    assert not reading.whole
    assert sum(isinstance(item, Record) for item in reading) == 2


@pytest.mark.parametrize("content", [b"", b"no feed", b"<rss></rss>"])
def test_what_has_no_entries_says_so(content: bytes) -> None:
    (failure,) = read_feed(io.BytesIO(content), ORIGIN)
    assert isinstance(failure, Failure)
    assert failure.reason == "has no entries"
