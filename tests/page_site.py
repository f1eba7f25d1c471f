"""The page as people meet it: a real server, a real browser, and a catalogue and a guide with hostile rows among the good ones."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from homes import with_samples
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from served import wait_until_serving

ROOT = Path(__file__).parents[1]
PHOTOS = Path(__file__).parent / "tools" / "image" / "photos"
CATALOGUE = ROOT / "tools" / "fashion" / "data" / "catalogue.jsonl"
HANGUL = re.compile("[가-힣]")
expect.set_options(timeout=120_000)  # five seconds are not enough where the machine is busy
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
GIANT = "가나다라마바사아자차카타파하" * 30
ATTACK = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'
BIDI = "\u202egnp.exe\u202c\u2066"
HOSTILE_ITEM = {
    "id": "evil1", "category": "dress", "name_ko": f"무지개 탈춤 두루마기 {ATTACK}{BIDI}", "name_en": f"Rainbow mask robe {ATTACK}",
    "description_ko": f"무지개 탈춤 두루마기. {ATTACK} {GIANT}", "colours": ["red"], "pattern": "plain", "material": "cotton",
    "sleeve": "long", "seasons": ["summer"], "styles": ["casual"], "audience": "unisex", "price_krw": 12345,
    "image": "../../etc/passwd", "url": "javascript:window.hacked=3",
}  # fmt: skip
SHOP_ITEM = {
    **HOSTILE_ITEM,
    "id": "shop1",
    "name_ko": "은방울 꽃수 배자",
    "name_en": "Lily embroidered overvest",
    "category": "vest",
}
SHOP_ITEM |= {"description_ko": "은방울꽃을 수놓은 배자.", "url": "https://shop.example.com/overvest"}
"""An item of a shop; `Site.fill` says where its photo stands."""
HOSTILE_NAME = "<img src=x onerror=window.hacked=5>.md"
HOSTILE_GUIDE = f"""# 젤로비 취급 {ATTACK}

젤로비는 달밤에만 세탁하며 {ATTACK} 반드시 은수저로 저어야 합니다{BIDI}.

젤로비의 보관 온도는 영하 삼십칠 도이고 [여기](javascript:window.hacked=4) {GIANT} 라고 적혀 있습니다.
"""


_ROOM = {
    "STYLEGRAPH_SERVER_REQUESTS": "100000",
    "STYLEGRAPH_WEB_TIMEOUT": "900",
    "STYLEGRAPH_BUDGET_SECONDS": "900",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGSMITH_TRACING": "false",
}
"""All tests come from one person, within minutes; and a slow web lasts until a busy machine has clicked."""


def browser_path() -> str | None:
    """Return the browser that the tests drive, if this machine has one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Site:
    """A server of its own home, that can be stopped and started again on the same port."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "API_KEY" not in name}
        return {**kept, "STYLEGRAPH_HOME": str(self.folder / "home"), "NO_COLOR": "1", **_ROOM, **self.settings}

    def fill(self, shop: str) -> None:
        """Bring the hostile item and a shop's in, among the good ones.

        Args:
            shop: Where the shop's photo stands: a server of the test's own, which is allowed by its name.
        """
        with_samples(self.folder / "home")
        folder = self.folder / "shop"
        folder.mkdir()
        shutil.copytree(CATALOGUE.parent / "photos", folder / "photos")  # a link out of its folder is no photo
        rows = CATALOGUE.read_text("utf-8").rstrip("\n")
        more = [json.dumps(item, ensure_ascii=False) for item in (HOSTILE_ITEM, {**SHOP_ITEM, "image": shop})]
        (folder / "items.jsonl").write_text("\n".join([rows, *more, ""]), "utf-8")
        self.settings["STYLEGRAPH_CATALOGUE"] = str(folder / "items.jsonl")
        self.settings["STYLEGRAPH_FETCH_ALLOW_HOSTS"] = json.dumps([urlsplit(shop).netloc])

    def start(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "stylegraph.graphs.cli", "serve", "--port", str(self.port), *arguments]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        wait_until_serving(self.process, self.url, self.folder / "log")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)
        self.process = None


@asynccontextmanager
async def browsing(path: str):
    """A browser without a window. As root it can't have a sandbox."""
    async with async_playwright() as playwright:
        arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Visitor:
    """A person with a browser window of their own, and what a test wants to know of it."""

    page: Page
    context: BrowserContext
    url: str
    wrong: list[str] = field(default_factory=list)
    """What the browser complained of: errors, blocked content."""
    elsewhere: list[str] = field(default_factory=list)
    """Addresses outside the server that were asked."""

    async def ask(self, text: str) -> None:
        await self.page.fill("#question", text)
        await self.page.press("#question", "Enter")

    async def answered(self, turns: int = 1) -> None:
        await expect(self.page.locator(".turn[data-state=done]")).to_have_count(turns, timeout=300_000)

    async def names(self, turn: int = -1) -> list[str]:
        return await self.page.locator(".turn").nth(turn).locator(".card h4").all_text_contents()

    async def evaluate(self, script: str) -> Any:
        return await self.page.evaluate(script)


class Visitors:
    """Opens windows, and closes those that a test has left."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.contexts: list[BrowserContext] = []

    async def come(self, path: str = "/", *, url: str | None = None, **options: Any) -> Visitor:
        options = {
            "service_workers": "block",
            "locale": "ko-KR",
            "viewport": {"width": 1280, "height": 900},
            "reduced_motion": "reduce",
            **options,
        }
        context = await self.browser.new_context(**options)
        self.contexts.append(context)
        context.set_default_timeout(120_000)
        page = await context.new_page()
        visitor = Visitor(page, context, url or self.site.url)
        page.on("pageerror", lambda error: visitor.wrong.append(str(error)))
        page.on("console", lambda said: said.type == "error" and visitor.wrong.append(said.text))
        page.on("request", lambda request: self._note(visitor, request.url))
        await page.goto(visitor.url + path)
        await expect(page.locator("html[data-ready]")).to_be_attached()
        return visitor

    async def leave(self) -> None:
        for context in self.contexts:
            await context.close()
        self.contexts.clear()

    @staticmethod
    def _note(visitor: Visitor, address: str) -> None:
        if not address.startswith((visitor.url, "data:", "blob:")):
            visitor.elsewhere.append(address)


AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def accessibility(page: Page) -> Sequence[str]:
    """Return what axe-core finds wrong, a line each."""
    from axe_playwright_python.base import AXE_SCRIPT

    session = await page.context.new_cdp_session(page)
    await session.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    options = {"runOnly": {"type": "tag", "values": AXE_RULES}, "resultTypes": ["violations"]}
    found = await page.evaluate(f"axe.run(document, {json.dumps(options)}).then((told) => told.violations)")
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:300]}" for one in found for node in one["nodes"]]


def said(text: str, **more: Any) -> dict[str, Any]:
    """Return a reply as the server tells it."""
    nothing: dict = {key: [] for key in ("routes", "citations", "recommendations", "evidence", "choices", "notes")}
    reply = {**nothing, "text": text, "status": "answered", "language": "en", "outfit": None, "grade": None}
    return {**reply, "spent": {"seconds": 1}, **more}


async def tell(visitor: Visitor, *events: dict[str, Any]) -> None:
    """Let a stand-in for the run's stream say what no model here can be made to say."""
    stream = "".join(f"event: custom\ndata: {json.dumps(event)}\n\n" for event in events)
    headers = {"content-type": "text/event-stream"}
    await visitor.page.route("**/runs/stream", lambda route: route.fulfill(body=stream, headers=headers))


def within(seconds: float = 120) -> dict[str, float]:
    return {"timeout": seconds * 1000}
