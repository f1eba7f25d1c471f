"""A whole site: the pages that a sitemap, a feed or links lead to, within a depth, a domain and a count."""

from __future__ import annotations

import gzip
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

from pydantic import ConfigDict, Field

from stylegraph.agent.errors import FetchError
from stylegraph.tools.ingestion.formats.feed import parsed
from stylegraph.tools.ingestion.formats.html import parse
from stylegraph.tools.ingestion.formats.record import Failure, Item, Skipped
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.ingestion.remote.web import BYTES, READABLE, PageReading, is_feed, xml_root
from stylegraph.tools.net.fetch import Fetched, NotThereError, NotWantedError, canonical
from stylegraph.tools.net.robots import Robots

_PACKED = ("application/gzip", "application/x-gzip")
_SITEMAPS = 50_000
"""Addresses that one sitemap may hold (sitemaps.org)."""
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a site is followed."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    depth: Annotated[int, Field(ge=0, le=100)] = 3
    """Links from the first page to the last; what a sitemap or a feed lists is one away."""
    pages: Annotated[int, Field(ge=1, le=100_000)] = 200
    """Pages that are read at most."""
    domain: str = ""
    """The domain that is not left, with its subdomains; by default the first page's host."""
    within: str = "/"
    """What the paths of pages begin with."""


class SiteReading:
    """A site while it is read, page by page, breadth first. Blocking: fetches are made from the reading thread.

    Robots.txt is respected, with its crawl delay, and so are `nofollow` and `noindex`.

    Args:
        url: A page, a sitemap or a feed.
        fetch: What fetches from a thread.
        limits: How far to go.
        max_bytes: Largest document.
        css_class: HTML: read only the elements that have one of these classes.
    """

    whole = True

    def __init__(
        self, url: str, fetch: Fetcher, limits: Limits, max_bytes: int, css_class: tuple[str, ...] = ()
    ) -> None:
        self.done = 0
        """Bytes read so far."""
        self._url = url
        self._fetch = fetch
        self._limits = limits
        self._max_bytes = max_bytes
        self._css_class = css_class
        self._domain = (limits.domain or urlsplit(url).hostname or "").lower().removeprefix("www.")
        self._robots = Robots(fetch)
        self._queue: deque[tuple[str, int]] = deque([(url, 0)])
        self._seen = {url}
        self._pages = 0

    @property
    def total(self) -> int:
        """Bytes that the pages found so far will have, if they are like those that were read."""
        ahead = min(len(self._queue), self._limits.pages - self._pages)
        return self.done + ahead * (self.done // max(1, self._pages))

    def __iter__(self) -> Iterator[Item]:
        while self._queue:
            url, depth = self._queue.popleft()
            if self._pages >= self._limits.pages:
                yield Skipped(url, f"beyond the limit of {self._limits.pages:,} pages")
            else:
                yield from self._visit(url, depth)

    def _visit(self, url: str, depth: int) -> Iterator[Item]:
        """Read one address: a page gives documents, and everything may give further addresses."""
        try:
            if not self._robots.allow(url):
                yield from self._refused(url, depth)
                return
            self._fetch.pause(self._robots.pause(url))
            fetched = self._fetch(url, (*READABLE, *_PACKED, *BYTES))
        except (NotThereError, NotWantedError) as error:
            wanted = "not there" if isinstance(error, NotThereError) else "of a type that is not read"
            yield Failure(url, error.message, error.remedy) if not depth else Skipped(url, wanted)
            return
        except FetchError as error:
            yield Failure(url, error.message, error.remedy, id=url, hides=True)
            return
        yield from self._read(url, fetched, depth)

    def _refused(self, url: str, depth: int) -> Iterator[Item]:
        if depth:
            yield Skipped(url, "disallowed by robots.txt")
        else:
            yield Failure(url, "is disallowed by the site's robots.txt", "Ask its owner, or index single pages.")

    def _read(self, url: str, fetched: Fetched, depth: int) -> Iterator[Item]:
        place = canonical(fetched.url)
        if place != url and (place in self._seen or not self._is_ours(place)):
            yield Skipped(url, "leads elsewhere, or to a page that is known")
            return
        self._seen.add(place)
        listed = _listed(fetched)
        if listed is not None:
            self._follow(listed, place, depth)
            return
        self.done += len(fetched.content)
        page = _Page(fetched) if fetched.content_type in _HTML else None
        if page is not None and page.follows:
            self._follow(page.links, place, depth)
        if page is not None and not page.is_indexed:
            yield Skipped(place, "asks not to be indexed")
            return
        self._pages += 1
        yield from PageReading(place, fetched, self._max_bytes, self._css_class)

    def _follow(self, links: list[str], base: str, depth: int) -> None:
        if depth >= self._limits.depth:
            return
        for link in links:
            try:
                url = canonical(urljoin(base, link.strip()))
            except (FetchError, ValueError):
                continue  # mailto:, javascript:, and what is no address at all
            if url not in self._seen and self._is_ours(url):
                self._seen.add(url)
                self._queue.append((url, depth + 1))

    def _is_ours(self, url: str) -> bool:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        ours = host == self._domain or host.endswith(f".{self._domain}")
        within = parts.path.startswith(self._limits.within) or _is_list(parts.path)
        return ours and within and (parts.port == urlsplit(self._url).port or host != urlsplit(self._url).hostname)


class _Page:
    """What a page says of where it leads."""

    def __init__(self, fetched: Fetched) -> None:
        try:
            page = parse(fetched.text)
        except (RecursionError, FetchError):
            page = None
        robots = "" if page is None else ",".join(map(str, page.xpath("//meta[@name='robots']/@content"))).lower()
        self.is_indexed = "noindex" not in robots and "none" not in robots
        self.follows = page is not None and "nofollow" not in robots and "none" not in robots
        self.links = self._links(page) if self.follows else []

    def _links(self, page: Any) -> list[str]:  # noqa: ANN401 - lxml ships no types
        base = next(map(str, page.xpath("//base/@href")), "")
        found = page.xpath("//a[@href and not(contains(concat(' ', @rel, ' '), ' nofollow '))]/@href")
        return [urljoin(base, str(link)) if base else str(link) for link in found]


def _listed(fetched: Fetched) -> list[str] | None:
    """Return the addresses that a sitemap, an index of sitemaps or a feed lists; None for anything else."""
    from lxml import etree

    content = _unpacked(fetched.content)
    if content is None:
        return []
    if is_feed(content):
        return [link for entry in parsed(content).entries if (link := entry.get("link"))]
    if xml_root(content) not in ("urlset", "sitemapindex"):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    root = etree.fromstring(content, parser)
    return [str(text).strip() for text in root.xpath("//*[local-name()='loc']/text()")[:_SITEMAPS]]


def _unpacked(content: bytes) -> bytes | None:
    """Unpack a sitemap that is stored packed, no further than sitemaps may be; None if it is broken."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            return packed.read(_SITEMAPS * 1_000)
    except (OSError, EOFError):
        return None


def _is_list(path: str) -> bool:
    """Check whether an address may be a sitemap: those of an index stand outside of the paths that are wanted."""
    return path.lower().endswith((".xml", ".xml.gz"))
