"""The states in which the page is looked at: what a server would say there, and what is tapped to get there."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from page_site import said
from playwright.async_api import Page

WORDS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "question": "울 니트는 어떻게 세탁해야 해?", "title": "울 니트, 집에서 줄지 않게 빨기", "piece": "네이비 리넨 셔츠",
        "quote": "물 온도는 30도를 넘기지 않습니다.", "next": "더 저렴한 걸로 보여줘", "note": "웹에서는 찾지 못했어요.",
        "reason": "여름에 입기 좋아요.", "label": "상의",
    },
    "en": {
        "question": "How do I wash wool?", "title": "Wool and cashmere", "piece": "Navy linen shirt",
        "quote": "Wash wool at no more than 30 °C.", "next": "Show me cheaper ones", "note": "The web could not be searched.",
        "reason": "Good for summer.", "label": "Top",
    },
}  # fmt: skip
THREAD = "11111111-1111-4111-8111-111111111111"


def known_of(path: str, language: str) -> Any:
    """Return what a server would say at an address."""
    words = WORDS[language]
    thread = {"thread_id": THREAD, "metadata": {"title": words["question"]}, "updated_at": "2026-11-30T09:00:00Z"}
    examples = [{"route": "documents", "question": words["question"]}, {"route": "fashion", "question": words["next"]}]
    answers = {
        "/threads/search": [thread],
        "/examples": {language: examples},
        "/profile": {
            "profile": {"likes": ["navy"], "liked": ["one"]},
            "items": [{"id": "one", "name_ko": words["piece"], "name_en": words["piece"]}],
        },
        "/verdicts": {"verdicts": []},
        "/documents": {"documents": []},
    }
    return answers.get(path, {})


def _item(number: int, words: Mapping[str, str]) -> dict[str, Any]:
    item = {
        "id": f"item{number}",
        "name": f"{words['piece']} {number}",
        "price_krw": 39_000 + number * 1_000,
        "price": None,
    }
    item |= {"image": "there" if number % 2 else None, "url": "https://shop.example/item", "missed": [], "inferred": []}
    swatch = {"name": "navy", "hex": "#1f2a48"}
    return {**item, "reasons": [{"wish": "seasons", "text": words["reason"]}], "swatches": [swatch]}


def _found(words: Mapping[str, str]) -> dict[str, Any]:
    text = f"# {words['title']}\n\n## {words['label']}\n\n{words['quote']} {words['reason']}"
    found = {"id": "e1", "route": "documents", "title": words["title"], "url": None, "score": 0.9, "text": text}
    return {**found, "locator": {"heading": words["title"]}, "data": {"document": "wool"}}


def _cited(words: Mapping[str, str], **more: Any) -> dict[str, Any]:
    found = _found(words)
    start = found["text"].index(words["quote"])
    cited = {"evidence": "e1", "quote": words["quote"], "start": start, "end": start + len(words["quote"])}
    cited |= {"title": words["title"], "url": None}
    text = f"{words['quote']} [1]\n\n| {words['label']} | °C |\n|---|--:|\n| {words['title']} | 30 |\n\n```python\nreturn 30\n```"
    return said(text, citations=[cited], evidence=[found], routes=["documents"], follow_ups=[words["next"]], **more)


async def _answer(page: Page, language: str, reply: Mapping[str, Any]) -> None:
    events = [{"event": "reply", "reply": {**reply, "language": language}}]
    await _stream(page, events)
    await page.fill("#question", WORDS[language]["question"])
    await page.press("#question", "Enter")
    await page.wait_for_selector(".turn:not([data-state=running])")


async def _stream(page: Page, events: list[Any], status: int = 200) -> None:
    body = "".join(f"event: custom\ndata: {json.dumps(event)}\n\n" for event in events)
    await page.route(
        "**/runs/stream",
        lambda route: route.fulfill(status=status, body=body or "{}", content_type="text/event-stream"),
    )


async def start(page: Page, language: str) -> None:
    """Nothing has been asked."""
    await page.wait_for_selector(".starter")


async def cited(page: Page, language: str) -> None:
    """An answer from documents, with a table, code and what could be asked next."""
    await _answer(page, language, _cited(WORDS[language]))
    await page.wait_for_selector(".hl-kwd")


async def partly(page: Page, language: str) -> None:
    """An answer that is only partly confirmed, with a note."""
    note = {"code": "web_failed", "text": WORDS[language]["note"]}
    await _answer(page, language, _cited(WORDS[language]) | {"status": "best_effort", "notes": [note]})
    await page.wait_for_selector(".hl-kwd")


async def pieces(page: Page, language: str) -> None:
    """Recommended pieces, some without a photo."""
    words = WORDS[language]
    items = [_item(number, words) for number in range(1, 5)]
    await _answer(page, language, said(words["reason"], recommendations=items, follow_ups=[words["next"]]))


async def outfit(page: Page, language: str) -> None:
    """An outfit."""
    words = WORDS[language]
    slots = ("top", "bottom", "shoes")
    items = [_item(number, words) for number in range(len(slots))]
    made = {
        "kind": "item_set",
        "pieces": [
            {"slot": slot, "label": words["label"], "item": item, "alternatives": items[:1]}
            for slot, item in zip(slots, items, strict=True)
        ],
    }
    made |= {"reasons": [{"wish": "colour", "text": words["reason"]}], "total_krw": 120_000}
    await _answer(page, language, said(words["reason"], recommendations=items, artifacts={"outfit": made}))


async def not_found(page: Page, language: str) -> None:
    """Nothing was found."""
    await _answer(page, language, said(WORDS[language]["note"], status="not_found"))


async def asked_back(page: Page, language: str) -> None:
    """A question put back, with quick answers."""
    words = WORDS[language]
    await _answer(
        page, language, said(words["question"], status="asked_back", choices=[words["label"], words["piece"]])
    )


async def refused(page: Page, language: str) -> None:
    """The server has refused the question."""
    await _stream(page, [], status=500)
    await page.fill("#question", WORDS[language]["question"])
    await page.press("#question", "Enter")
    await page.wait_for_selector(".trouble")


async def quote(page: Page, language: str) -> None:
    """A quote in its document."""
    await cited(page, language)
    await page.click(".cite")
    await page.wait_for_selector("dialog mark")


async def piece(page: Page, language: str) -> None:
    """A piece, large."""
    await pieces(page, language)
    await page.click(".card .enlarge")
    await page.wait_for_selector("dialog.piece-dialog")


async def judged(page: Page, language: str) -> None:
    """An answer that is being judged: why it is no good one."""
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(_asked_in(request.post_data)))
    await cited(page, language)
    messages = [{"type": "human", "id": asked[-1]}, {"type": "ai", "id": "answer"}]
    await page.route("**/state", lambda route: route.fulfill(json={"values": {"messages": messages}}))
    await page.route("**/verdicts", lambda route: route.fulfill(json={"rating": "down", "reason": ""}))
    await page.click(".thumbs [data-rating=down]")
    await page.wait_for_selector(".verdict form")


def _asked_in(body: str | None) -> list[str]:
    """Return the id of the question that a run was sent."""
    sent = json.loads(body) if body else {}
    return [message["id"] for message in (sent.get("input") or {}).get("messages", [])]


def _dialog(button: str, kind: str) -> Callable[[Page, str], Awaitable[None]]:
    async def opened(page: Page, language: str) -> None:
        await page.evaluate(f"document.getElementById('{button}').click()")  # in a narrow window its list is put away
        await page.wait_for_selector(f"dialog.{kind}")
        await page.wait_for_timeout(100)

    return opened


STATES: Mapping[str, Callable[[Page, str], Awaitable[None]]] = {
    **{
        state.__name__: state
        for state in (start, cited, partly, pieces, outfit, not_found, asked_back, refused, quote, piece, judged)
    },
    "documents": _dialog("documents", "documents"),
    "profile": _dialog("profile", "profile"),
    "keys": _dialog("keys", "keys"),
}
