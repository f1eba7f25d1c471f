"""A stand-in for Tavily: its search and extract protocol on loopback, over a folder of saved pages.

Run by itself: `python tests/standins/tavily.py FOLDER PORT [as-they-were] [MODE]`. The pages are found under its own address,
or with `as-they-were` under those that they say themselves, as recordings need it. Port 0 takes a free one.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from lxml import html as markup

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])  # beside this file stands an `http` that is not the library's
from standins.http import Exchange, serving

Mode = Literal["well", "429", "432", "401", "500", "malformed", "not_json", "empty", "hang"]
PAGES = Path(__file__).parent / "pages"
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_SNIPPET = 220


@dataclass
class SavedPage:
    url: str
    title: str
    published: str | None
    text: str
    html: str


def _opened() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass
class TavilyServer:
    """Answers from saved pages; `mode` says how well."""

    pages: list[SavedPage]
    today: date = date(2026, 6, 3)
    mode: Mode | list[Mode] = "well"
    """One mode, or one for each request in turn, the last from then on."""
    latency: float = 0.0
    """Seconds before each answer."""
    pause: int = 1
    """Seconds after which a refused client may come again."""
    gate: asyncio.Event = field(default_factory=_opened)
    """Answers wait while it is cleared: a turn goes on for just as long as a test needs."""
    key: str | None = None
    """The key that is taken; None: any."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Path and body of each request."""
    fetched: list[str] = field(default_factory=list)
    """Paths of saved pages that were fetched from here."""
    url: str = ""

    async def handle(self, exchange: Exchange) -> None:
        if exchange.method == "GET":
            await self._page(exchange)
            return
        self.asked.append((exchange.path, exchange.json))
        modes = self.mode if isinstance(self.mode, list) else [self.mode]
        mode = modes[min(len(self.asked), len(modes)) - 1]  # by arrival: others may come in while this one waits
        await asyncio.sleep(self.latency)
        await self.gate.wait()
        if self.key and exchange.headers.get("authorization") != f"Bearer {self.key}":
            await exchange.answer(401, {"detail": {"error": "Unauthorized: missing or invalid API key."}})
            return
        await self._answer(exchange, mode)

    async def _answer(self, exchange: Exchange, mode: Mode) -> None:
        if mode in ("429", "432", "401", "500"):
            await exchange.answer(
                int(mode), {"detail": {"error": f"refused ({mode})"}}, {"retry-after": str(self.pause)}
            )
        elif mode == "malformed":
            await exchange.answer(200, {"results": [{"title": 7}, "nonsense"]})
        elif mode == "not_json":
            await exchange.answer(200, "<html>maintenance</html>")
        elif mode == "hang":
            await asyncio.sleep(60)
        else:
            give = self._extract if exchange.path == "/extract" else self._search
            await exchange.answer(200, give(exchange.json, [] if mode == "empty" else self.pages))

    def _search(self, asked: dict[str, Any], pages: list[SavedPage]) -> dict[str, Any]:
        words = _words(asked["query"])
        scored = [(len(words & _words(f"{page.title} {page.text}")) / (len(words) or 1), page) for page in pages]
        found = sorted(
            (pair for pair in scored if pair[0] > 0 and self._fits(pair[1], asked)), key=lambda pair: -pair[0]
        )
        results = [
            {
                "title": page.title,
                "url": page.url,
                "content": _snippet(page.text, words),
                "score": round(score, 4),
                **({"published_date": page.published} if asked.get("topic") == "news" else {}),
            }
            for score, page in found[: asked.get("max_results", 5)]
        ]
        return {"query": asked["query"], "results": results, "images": [], "response_time": 0.1}

    def _fits(self, page: SavedPage, asked: dict[str, Any]) -> bool:
        host = urlsplit(page.url).hostname or ""
        only, never = asked.get("include_domains") or [], asked.get("exclude_domains") or []
        if (only and host not in only) or host in never:
            return False
        span = asked.get("time_range")
        if not span:
            return True
        oldest = self.today - timedelta(days=_DAYS[span])
        return page.published is not None and date.fromisoformat(page.published) >= oldest

    def _extract(self, asked: dict[str, Any], pages: list[SavedPage]) -> dict[str, Any]:
        wanted = asked["urls"] if isinstance(asked["urls"], list) else [asked["urls"]]
        known = {page.url: page for page in pages}
        results = [{"url": url, "raw_content": known[url].text} for url in wanted if url in known]
        failed = [{"url": url, "error": "not found"} for url in wanted if url not in known]
        return {"results": results, "failed_results": failed, "response_time": 0.1}

    async def _page(self, exchange: Exchange) -> None:
        self.fetched.append(exchange.path)
        page = next((page for page in self.pages if urlsplit(page.url).path == exchange.path), None)
        await exchange.answer(200 if page else 404, page.html if page else "not here")


def saved_pages(folder: Path, base: str | None = None) -> list[SavedPage]:
    """Read a folder of pages.

    Args:
        folder: HTML files, each with its address in `<link rel="canonical">`.
        base: Give addresses under this one instead, so that the pages can be fetched from the stand-in.
    """
    return [_saved(path, base) for path in sorted(folder.glob("*.html"))]


def _saved(path: Path, base: str | None) -> SavedPage:
    html = path.read_text(encoding="utf-8")
    page = markup.fromstring(html)
    given = page.xpath("string(//meta[@property='article:published_time']/@content)")
    canonical = page.xpath("string(//link[@rel='canonical']/@href)")
    parts = page.xpath("//article//*[self::h1 or self::h2 or self::p or self::li]")
    return SavedPage(
        url=f"{base}/{path.name}" if base else canonical,
        title=page.xpath("string(//title)").strip(),
        published=given[:10] or None,
        text="\n".join(" ".join(part.text_content().split()) for part in parts),
        html=html,
    )


def _snippet(text: str, words: set[str]) -> str:
    lines = text.splitlines()
    best = max(range(len(lines)), key=lambda at: (len(words & _words(lines[at])), -at))
    return " ".join(lines[best : best + 3])[:_SNIPPET]


def _words(text: str) -> set[str]:
    lowered = text.lower()
    pairs = {run[at : at + 2] for run in re.findall(r"[가-힣]{2,}", lowered) for at in range(len(run) - 1)}
    return pairs | set(re.findall(r"[a-z]{3,}|\d{2,}", lowered))


@asynccontextmanager
async def tavily_server(folder: Path = PAGES, *, own_pages: bool = False, port: int = 0) -> AsyncIterator[TavilyServer]:
    """Serve a folder while the block runs."""
    server = TavilyServer([])
    async with serving(server.handle, port) as url:
        server.url = url
        server.pages = saved_pages(folder, url if own_pages else None)
        yield server


async def _main(folder: str, port: str, addresses: str = "own", mode: Mode = "well") -> None:
    async with tavily_server(Path(folder), own_pages=addresses == "own", port=int(port)) as server:
        server.mode = mode
        print(f"listening on {server.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:5]))  # type: ignore[arg-type]
