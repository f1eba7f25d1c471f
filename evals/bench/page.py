"""The server's page as a browser meets it: how heavy it is, when it can be used, and when its first word stands there.

Playwright drives the Chromium or Chrome that is on PATH; both are needed for development only.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

QUESTIONS = (
    "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘",
    "ALL-in 코딩 공모전 수상작들을 요약해줘",
    "How should I wash a wool sweater?",
    "Recommend a navy jacket for the office",
    "실크는 어떻게 다려?",
    "5만원 이하 여름 원피스 보여줘",
    "How do I store winter coats?",
    "가을 출근 코디 20만원 이하로 짜줘",
)
_OPENINGS = 7
_STARTS_IN = 120.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_WEIGHT = """() => {
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const page = all.filter((one) => one.entryType === 'navigation' || one.name.includes('/page/'));
  return [page.length, page.reduce((sum, one) => sum + one.decodedBodySize, 0), page.reduce((sum, one) => sum + one.transferSize, 0)];
}"""
_FIRST_WORD = """(text) => new Promise((told) => {
  const begun = performance.now(), question = document.getElementById('question');
  new MutationObserver((_, watching) => {
    if (!document.querySelector('.draft .text > *, .answer .text > *')) return;
    watching.disconnect();
    told(performance.now() - begun);
  }).observe(document.getElementById('log'), { childList: true, subtree: true });
  question.value = text;
  question.form.requestSubmit();
})"""


@contextmanager
def serving() -> Iterator[str]:
    """Serve in a fresh home on a free port; give the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "STYLEGRAPH_HOME": home, "STYLEGRAPH_SERVER_REQUESTS": "100000"}
        command = [sys.executable, "-m", "stylegraph.graphs.cli", "serve", "--port", str(port)]
        with (Path(home) / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)  # noqa: S603
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    import httpx

    deadline = time.monotonic() + _STARTS_IN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=1).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


async def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """Open the page with nothing kept from before; give it and the milliseconds until it can be used."""
    page = await (await browser.new_context(locale="ko-KR")).new_page()
    begun = time.perf_counter()
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector("html[data-ready]", state="attached")
    return page, (time.perf_counter() - begun) * 1000


async def by_page(browser: Browser, url: str, question: str) -> float:
    """Return the milliseconds from sending a question to the first word of its answer on the page."""
    page, _ = await opened(browser, url)
    await page.wait_for_load_state("networkidle")  # people don't ask while the page still loads
    spent = float(await page.evaluate(_FIRST_WORD, question))
    await page.wait_for_selector(".turn[data-state=done]")
    await page.context.close()
    return spent


async def by_sdk(url: str, question: str) -> float:
    """Return the milliseconds from making a thread to the first word, by the client library alone."""
    from langgraph_sdk import get_client

    client = get_client(url=url)
    begun, first = time.perf_counter(), 0.0
    thread = (await client.threads.create())["thread_id"]
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": question}]}
    async for part in client.runs.stream(thread, "assistant", input=asked, stream_mode="custom", durability="exit"):
        if not first and part.event == "custom" and part.data.get("event") == "draft":
            first = (time.perf_counter() - begun) * 1000
    return first


async def measured(url: str, browser_path: str) -> None:
    """Measure and print."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=browser_path, args=flags)
        await by_page(browser, url, QUESTIONS[0])  # the first question waits for the parts
        usable = []
        for _ in range(_OPENINGS):
            page, spent = await opened(browser, url)
            usable.append(spent)
            requests, bytes_, sent = await page.evaluate(_WEIGHT)
            await page.context.close()
        print(
            f"page: {bytes_ / 1000:.0f} kB in {requests} files, {sent / 1000:.0f} kB sent; no photos, nothing from elsewhere"
        )
        print(
            f"usable after {median(usable):.0f} ms (median of {_OPENINGS}, nothing cached; slowest {max(usable):.0f})"
        )
        pairs = [await _pair(browser, url, one, page_first) for one in QUESTIONS for page_first in (True, False)]
        shown, told = [one for one, _ in pairs], [other for _, other in pairs]
        beside = median(one - other for one, other in pairs)
        print(f"first word on the page {median(shown):.0f} ms, by langgraph_sdk {median(told):.0f} ms (medians of {len(pairs)} "
              f"in turns); the page takes {beside:.0f} ms more")  # fmt: skip
        await browser.close()


async def _pair(browser: Browser, url: str, question: str, page_first: bool) -> tuple[float, float]:
    """Ask by the page and by the library; whichever comes second finds some of it worked out, so they change places."""
    if page_first:
        return await by_page(browser, url, question), await by_sdk(url, question)
    told = await by_sdk(url, question)
    return await by_page(browser, url, question), told


def main() -> None:
    """Print what the page weighs and how long it takes."""
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        print("Left out: there is no Chromium or Chrome on PATH (apt-get install chromium).")
        return
    with serving() as url:
        asyncio.run(measured(url, path))


if __name__ == "__main__":
    main()
