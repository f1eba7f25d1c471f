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
        "reason": "여름에 입기 좋아요.", "label": "상의", "assistant": "매장 도우미",
    },
    "en": {
        "question": "How do I wash wool?", "title": "Wool and cashmere", "piece": "Navy linen shirt",
        "quote": "Wash wool at no more than 30 °C.", "next": "Show me cheaper ones", "note": "The web could not be searched.",
        "reason": "Good for summer.", "label": "Top", "assistant": "Shop assistant",
    },
}  # fmt: skip
THREAD = "11111111-1111-4111-8111-111111111111"


def known_of(path: str, language: str) -> Any:
    """Return what a server would say at an address."""
    words = WORDS[language]
    thread = {"thread_id": THREAD, "metadata": {"title": words["question"]}, "updated_at": "2026-11-30T09:00:00Z"}
    examples = [{"route": "documents", "question": words["question"]}, {"route": "fashion", "question": words["next"]}]
    answers = {
        "/session": {"operator": True, "shares": "users"},
        "/assistants/search": [
            {"assistant_id": "a1", "name": "assistant", "metadata": {"created_by": "system"}},
            {"assistant_id": "a2", "name": words["assistant"], "metadata": {}},
        ],
        "/items/item1": _known_item(words),
        f"/shares/{THREAD}": {"link": None, "turns": 3, "sources": [words["title"]]},
        "/shared": {"title": words["question"], "at": "2026-11-30T09:00:00Z", "turns": _shared(words, language)},
        "/usage": _usage(),
        f"/threads/{THREAD}/history": _history(words, language),
        f"/threads/{THREAD}/runs": [],
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


def _known_item(words: Mapping[str, str]) -> dict[str, Any]:
    attributes = [[words["label"], words["piece"]], ["°C", "30"], [words["assistant"], words["reason"]]]
    similar = [_item(number, words) for number in range(2, 6)]
    item = _item(1, words) | {"reasons": []}
    return {"item": item, "similar": similar, "description": words["quote"], "attributes": attributes}


def _shared(words: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    cited = _cited(words) | {"language": language}
    items = [_item(number, words) for number in range(1, 3)]
    shown = said(words["reason"], recommendations=items) | {"language": language}
    return [
        {"question": words["question"], "pictures": 0, "reply": cited},
        {"question": words["next"], "pictures": 1, "reply": shown},
    ]


def _usage() -> dict[str, Any]:
    """Return a week with a day on which nobody asked."""
    days = [f"2026-{day}" for day in ("12-01", "11-30", "11-29", "11-28", "11-27", "11-26", "11-25")]
    turns = (42, 31, 0, 12, 57, 38, 20)
    rows = [
        {
            "day": day, "user": "", "turns": count, "calls": count, "tokens_in": count * 900, "tokens_out": count * 80,
            "dollars": count * 0.004, "unpriced": 0, "seconds_p50": 1.2 + count / 60, "seconds_p95": 2.5 + count / 12,
            "statuses": {"answered": count - 3, "best_effort": 2, "not_found": 1}, "grades": {"good": count},
            "fallbacks": {"web_failed": count // 12},
        }
        for day, count in zip(days, turns, strict=True)
        if count
    ]  # fmt: skip
    judged = [{"day": day, "up": count // 6, "down": count // 15} for day, count in zip(days, turns, strict=True)]
    prices = {"kim": {}, "lee": {"dollars": 0, "unpriced": 2}}
    users = [{**row, "user": user, **price} for row in rows[:2] for user, price in prices.items()]
    return {"usage": users, "days": rows, "verdicts": judged, "prices": "2026-06"}


def _history(words: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    """Return a conversation whose question was asked twice."""
    return [_state(number, _cited(words) | {"language": language}, words["question"]) for number in (2, 1)]


def _state(number: int, reply: Mapping[str, Any], question: str) -> dict[str, Any]:
    asked = {"type": "human", "id": f"q{number}", "content": question}
    return {
        "values": {"messages": [asked, {"type": "ai", "id": f"a{number}", "content": "…"}], "reply": reply},
        "next": [],
        "checkpoint": {"checkpoint_id": f"c{number}"},
        "parent_checkpoint": {"checkpoint_id": "c0"},
    }


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


async def running(page: Page, language: str) -> None:
    """A question that is being answered: its way and a draft."""
    words = WORDS[language]
    events = [
        {"event": "looking_up", "routes": ["documents", "web"], "question": words["question"], "queries": []},
        {"event": "looking", "route": "documents"},
        {"event": "looking", "route": "web"},
        {"event": "evidence", "route": "documents", "evidence": [_found(words)]},
        {"event": "draft", "text": words["quote"]},
    ]
    await page.evaluate(STILL, [json.dumps(event) for event in events])
    await page.fill("#question", words["question"])
    await page.press("#question", "Enter")
    await page.wait_for_selector(".draft")


STILL = """(events) => {
  const ask = window.fetch;
  window.fetch = (path, options) => !String(path).endsWith('/runs/stream') ? ask(path, options) : Promise.resolve(new Response(new ReadableStream({
    start: (writer) => events.forEach((data) => writer.enqueue(new TextEncoder().encode(`event: custom\\ndata: ${data}\\n\\n`))),
  }), { headers: { 'Content-Type': 'text/event-stream' } }));
}"""
"""A stand-in for a stream that has not ended: a route can only be answered whole."""


SLOW = "const ask = window.fetch; window.fetch = (path, options) => String(path).startsWith('/items/') ? new Promise(() => {}) : ask(path, options);"
"""A stand-in for a server that takes its time."""


async def stopped(page: Page, language: str) -> None:
    """A question that was stopped."""
    await running(page, language)
    await page.click(".send")
    await page.wait_for_selector(".trouble .retry")


async def editing(page: Page, language: str) -> None:
    """A question that is being put in other words."""
    await cited(page, language)
    await page.hover(".turn")
    await page.click(".edit")
    await page.wait_for_selector(".editing textarea")


async def branched(page: Page, language: str) -> None:
    """An answer of two in the same place."""
    await _goto(page, f"?thread={THREAD}")
    await page.wait_for_selector(".branches")


async def formulas(page: Page, language: str) -> None:
    """An answer with formulas."""
    words = WORDS[language]
    text = f"{words['reason']} $Q = mc\\Delta T$\n\n$$\\frac{{-b \\pm \\sqrt{{b^2 - 4ac}}}}{{2a}}$$\n\n{words['quote']}"
    await _answer(page, language, said(text))
    await page.wait_for_selector("math mfrac")


async def palette(page: Page, language: str) -> None:
    """All that can be done, searched."""
    await cited(page, language)
    await page.keyboard.press("Control+Shift+P")
    await page.wait_for_selector("dialog.palette [aria-selected=true]")


async def alone(page: Page, language: str) -> None:
    """A piece by itself, with those like it."""
    await _goto(page, "?piece=item1")
    await page.wait_for_selector(".alone h2")


async def alone_gone(page: Page, language: str) -> None:
    """A piece that the catalogue does not have."""
    await page.route("**/items/**", lambda route: route.fulfill(status=404, json={"detail": "gone"}))
    await _goto(page, "?piece=nobody")
    await page.wait_for_selector("#view .trouble")


async def loading(page: Page, language: str) -> None:
    """A piece that has not come yet."""
    await page.add_init_script(SLOW)
    await _goto(page, "?piece=item1")
    await page.wait_for_selector("#view .skeleton")


async def figures(page: Page, language: str) -> None:
    """What turns cost, for whoever runs the server."""
    await _goto(page, "?usage")
    await page.wait_for_selector(".chart svg")


async def figures_none(page: Page, language: str) -> None:
    """The same before anybody has asked."""
    nothing = {"usage": [], "days": [], "verdicts": [{"day": "2026-12-01", "up": 0, "down": 0}], "prices": "2026-06"}
    await page.route("**/usage?**", lambda route: route.fulfill(json=nothing))
    await _goto(page, "?usage")
    await page.wait_for_selector("#view .empty")


async def share(page: Page, language: str) -> None:
    """What a reader of a link will see, before there is one."""
    await thread(page, language)
    await page.click("dialog.thread-dialog .icon-share")
    await page.wait_for_selector("dialog.share .primary")


async def share_made(page: Page, language: str) -> None:
    """A link, to be copied, brought up to date or taken back."""
    made = {"link": "x" * 43, "at": "2026-12-01T08:00:00Z", "turns": 3, "sources": [WORDS[language]["title"]]}
    await page.route("**/shares/*", lambda route: route.fulfill(json=made))
    await thread(page, language)
    await page.click("dialog.thread-dialog .icon-share")
    await page.wait_for_selector("#share-link")


async def thread(page: Page, language: str) -> None:
    """What can be done with a conversation."""
    await page.wait_for_selector("#threads .round", state="attached")
    await page.evaluate("document.querySelector('#threads .round').click()")
    await page.wait_for_selector(
        "dialog.thread-dialog .icon-share"
    )  # there as soon as the server has told what is allowed


async def reader(page: Page, language: str) -> None:
    """A conversation that somebody shows by a link."""
    await _goto(page, "?read#shared=link")
    await page.wait_for_selector(".shared-head")


async def reader_gone(page: Page, language: str) -> None:
    """A link that was taken back."""
    await page.route("**/shared", lambda route: route.fulfill(status=404, json={"detail": "gone"}))
    await _goto(page, "?read#shared=link")
    await page.wait_for_selector("#view .trouble")


async def key(page: Page, language: str) -> None:
    """A key is asked for."""
    await page.evaluate("dispatchEvent(new Event('key-needed'))")
    await page.wait_for_selector("dialog.key")


async def offline(page: Page, language: str) -> None:
    """The network is gone."""
    await page.wait_for_selector(".starter")
    await page.evaluate("dispatchEvent(new Event('offline'))")
    await page.wait_for_selector("#banner:not([hidden])")


async def _goto(page: Page, place: str) -> None:
    await page.goto(f"{page.url.partition('?')[0].partition('#')[0]}{place}")
    await page.wait_for_selector("html[data-ready]")


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
        for state in (
            start,
            offline,
            key,
            running,
            stopped,
            cited,
            partly,
            formulas,
            editing,
            branched,
            judged,
            pieces,
            outfit,
            not_found,
            asked_back,
            refused,
            quote,
            piece,
            palette,
            alone,
            alone_gone,
            loading,
            thread,
            share,
            share_made,
            reader,
            reader_gone,
            figures,
            figures_none,
        )
    },
    "documents": _dialog("documents", "documents"),
    "profile": _dialog("profile", "profile"),
    "keys": _dialog("keys", "keys"),
}
