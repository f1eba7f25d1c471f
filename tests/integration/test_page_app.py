"""What makes the page an app: files by drop, voice, effort, pinned and exported conversations, and opening without a network."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_site import accessibility, said, tell, within
from playwright.async_api import expect

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
SUMMER = "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"
HEARD = """window.webkitSpeechRecognition = window.SpeechRecognition = class {
  start() { setTimeout(() => { this.onresult({ results: [[{ transcript: 'How do I wash' }], [{ transcript: ' wool?' }]] }); this.onend(); }, 50); }
  stop() { this.onend(); }
}"""
"""A stand-in for the browser's recognition, which asks a server of its maker."""
DROPPED = """async ([target, kind]) => {
  const given = new DataTransfer();
  given.items.add(new File(['# Zorblax\\n\\nA zorblax is oiled on Mondays.'], 'zorblax.md', { type: 'text/markdown' }));
  const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
  given.items.add(new File([await new Promise((done) => canvas.toBlob(done))], 'dot.png', { type: 'image/png' }));
  const event = kind === 'drop' ? new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true })
    : new ClipboardEvent('paste', { clipboardData: given, bubbles: true, cancelable: true });
  document.querySelector(target).dispatchEvent(event);
}"""
FENCED = "```python\nreturn 'wash'  # cold\n```\n\n```nonsense\nreturn\n```"


@pytest.mark.parametrize(("target", "kind"), [("main", "drop"), ("#question", "paste")])
async def test_files_of_several_kinds_go_where_they_belong(visitors, target, kind):
    lee = await visitors.come(locale="en-US")
    await lee.page.evaluate(DROPPED, [target, kind])
    await expect(lee.page.locator(".chosen img")).to_have_count(1)
    await expect(lee.page.locator("dialog.documents .jobs li")).to_contain_text("zorblax.md")
    await expect(lee.page.locator("dialog.documents .jobs li")).to_have_attribute(
        "data-state", re.compile("added|same"), **within(90)
    )
    assert await accessibility(lee.page) == []


async def test_a_piece_opens_large_with_all_that_is_known_of_it(visitors):
    kim = await visitors.come(viewport={"width": 390, "height": 800})
    await kim.ask(SUMMER)
    await kim.answered()
    await kim.page.locator(".card .enlarge").first.click()
    piece = kim.page.locator("dialog.piece-dialog")
    await expect(piece.locator(".facts")).to_contain_text("소재:")
    await expect(piece.locator(".price")).to_be_visible()
    await piece.locator(".like").click()
    await expect(kim.page.locator(".card .like").first).to_have_attribute("aria-pressed", "true")
    assert await accessibility(kim.page) == []
    await piece.locator(".like").click()


async def test_code_is_coloured_where_its_language_is_known_and_stays_text(visitors):
    lee = await visitors.come(locale="en-US")
    await tell(lee, {"event": "reply", "reply": said(FENCED)})
    await lee.ask("How?")
    await lee.answered()
    known, other = lee.page.locator("pre code").first, lee.page.locator("pre code").last
    await expect(known.locator(".hl-kwd")).to_have_text("return")
    await expect(known.locator(".hl-cmnt")).to_have_text("# cold")
    await expect(known).to_have_text("return 'wash'  # cold")
    await expect(other.locator("span")).to_have_count(0)
    assert await accessibility(lee.page) == []


async def test_what_is_said_is_written_down(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.context.add_init_script(HEARD)
    await lee.page.reload()
    await lee.page.fill("#question", "Please:")
    voice = lee.page.get_by_role("button", name="Ask by voice")
    await voice.click()
    await expect(lee.page.locator("#question")).to_have_value("Please: How do I wash wool?")
    await expect(lee.page.locator("#question")).to_be_focused()
    await expect(voice).to_have_attribute("aria-pressed", "false")
    await lee.context.add_init_script("delete window.SpeechRecognition; delete window.webkitSpeechRecognition;")
    await lee.page.reload()
    await expect(lee.page.locator("html[data-ready]")).to_be_attached()
    await expect(lee.page.locator("#voice")).to_be_hidden()


async def test_how_hard_it_tries_is_chosen_and_kept(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.page.get_by_label("Answering").select_option("quick")
    await lee.page.reload()
    async with lee.page.expect_request("**/runs/stream") as sent:
        await lee.ask("How do I wash wool?")
    assert (await sent.value).post_data_json["context"] == {"effort": "quick"}
    await lee.answered()


async def test_a_conversation_is_pinned_and_taken_along_as_a_page(visitors):
    lee = await visitors.come(locale="en-US")
    for question in ("How do I wash wool?", "How should I wash silk?"):
        await lee.page.click(".begin.wide")
        await lee.ask(question)
        await lee.answered()
    listed = lee.page.locator("#threads a")
    await lee.page.get_by_role("button", name="Rename, export or delete “How do I wash wool?”").first.click()
    async with lee.page.expect_download() as saved:
        await lee.page.get_by_role("button", name="HTML").click()
    text = (await (await saved.value).path()).read_text("utf-8")
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert "<h3" in text
    assert "<script" not in text
    assert await accessibility(lee.page) == []
    await lee.page.get_by_role("button", name="Pin to the top").click()
    await expect(listed.first).to_contain_text("Pinned: How do I wash wool?")
    await lee.page.reload()
    await expect(listed.first).to_contain_text("Pinned: How do I wash wool?")
    await lee.page.get_by_role("button", name="Rename, export or delete “How do I wash wool?”").first.click()
    await lee.page.get_by_role("button", name="Unpin").click()
    await expect(lee.page.locator("#threads .icon-pin")).to_have_count(0)


async def test_it_can_be_installed_and_opens_without_a_network_with_nothing_private_kept(visitors):
    lee = await visitors.come(locale="en-US", service_workers="allow")
    await lee.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await lee.ask("How do I wash wool?")
    await lee.answered()
    manifest = await lee.evaluate("fetch('/page/manifest.webmanifest').then((answer) => answer.json())")
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    for icon in manifest["icons"]:
        assert (await lee.context.request.get(lee.url + icon["src"])).ok
    kept = await lee.evaluate(
        "caches.open('stylegraph-page').then((one) => one.keys()).then((all) => all.map((one) => new URL(one.url).pathname))"
    )
    assert kept
    assert all(path == "/" or path.startswith("/page/") for path in kept)
    await lee.context.set_offline(True)
    await lee.page.goto(lee.url)
    await expect(lee.page.locator("html[data-ready]")).to_be_attached()
    await expect(lee.page.locator("#banner")).to_contain_text("offline")


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
async def test_nothing_moves_for_who_asks_for_less_motion(visitors, wish, moves):
    lee = await visitors.come(locale="en-US", reduced_motion=wish)
    await lee.ask("Recommend a linen shirt.")
    await lee.answered()
    seconds = await lee.evaluate("""[...document.querySelectorAll('*')].flatMap((node) => [null, '::before', '::after'].map((part) => {
        const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(node, part);
        return (animationName !== 'none' && parseFloat(animationDuration)) || parseFloat(transitionDuration) || scrollBehavior === 'smooth';
    })).filter(Boolean).length""")
    assert bool(seconds) == moves
