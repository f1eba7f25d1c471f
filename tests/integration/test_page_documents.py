"""The dialog for documents: what became of each stands where one looks, in one's language, and can be tried again."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from langgraph_sdk import get_client
from page_site import HANGUL, accessibility, within
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def file(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


async def opened(visitor):
    await visitor.evaluate("document.querySelector('#documents').click()")
    return visitor.page.locator("dialog.documents")


def job(dialog, name):
    return dialog.locator(".jobs li", has_text=name)


async def until(client, busy):
    """Wait until as many conversations are worked on; say whether that came."""
    for _ in range(40):
        if await client.threads.count(status="busy") == busy:
            return True
        await asyncio.sleep(0.25)
    return False


@pytest.mark.parametrize(
    "viewport", [{"width": 1440, "height": 900}, {"width": 1280, "height": 640}, {"width": 390, "height": 700}]
)
async def test_what_became_of_each_stands_where_one_looks(visitors, viewport):
    kim = await visitors.come(viewport=viewport)
    dialog = await opened(kim)
    await dialog.locator("#doc-files").set_input_files(
        [
            file("잠긴 문서.docx", LOCKED),
            file("펠트.md", f"# 펠트 관리\n\n펠트는 솔로 {viewport['height']}번 텁니다.".encode()),
        ]
    )
    await dialog.locator("#doc-urls").fill("10.0.0.1/secret.html")
    await dialog.locator(".primary").click()
    for name, says in [
        ("잠긴 문서.docx", "암호"),
        ("펠트.md", "이제 여기서도 답을 찾아요"),
        ("10.0.0.1", "브라우저에서 열리는지"),
    ]:
        await expect(job(dialog, name)).to_contain_text(says, **within(300))
    await expect(job(dialog, "잠긴 문서.docx")).to_be_in_viewport(ratio=1)
    await expect(dialog.get_by_role("status")).to_be_in_viewport(ratio=1)
    await expect(dialog.get_by_role("status")).to_have_text("1건을 더했어요. 이제 물어보세요. 2건은 더하지 못했어요.")
    shown = " ".join(await dialog.locator(".jobs p").all_inner_texts())
    assert "STYLEGRAPH" not in shown  # what only the operator can set is not told here
    assert not [word for word in shown.split() if word.isascii() and word.isalpha() and word != "PDF"]
    assert await accessibility(kim.page) == []
    first = await job(dialog, "잠긴 문서.docx").bounding_box()
    foot = await dialog.locator("footer").bounding_box()
    assert first["y"] + first["height"] <= foot["y"]  # nothing stands over it


async def test_why_a_document_is_not_in_is_said_in_the_language_of_the_page(visitors):
    lee = await visitors.come(locale="en-US")
    dialog = await opened(lee)
    await dialog.locator("#doc-files").set_input_files([file("locked.docx", LOCKED), file("nothing.md", b"")])
    await dialog.locator(".primary").click()
    await expect(job(dialog, "locked.docx")).to_contain_text("Save it without one", **within(300))
    await expect(job(dialog, "nothing.md")).to_contain_text("There is no text in it", **within(300))
    assert not HANGUL.search(" ".join(await dialog.locator(".jobs p, footer, form").all_inner_texts()))


async def test_what_failed_stays_and_is_tried_again(visitors):
    lee = await visitors.come(locale="en-US")
    dialog = await opened(lee)
    busy = {"status": 503, "json": {"detail": "busy"}}
    await lee.page.route(
        "**/documents", lambda route: route.fulfill(**busy) if route.request.method == "POST" else route.continue_()
    )
    await dialog.locator("#doc-files").set_input_files(
        [file("gorgo.md", b"# Gorgo\n\nA gorgo is brushed with a feather.")]
    )
    await dialog.locator(".primary").click()
    row = job(dialog, "gorgo.md")
    await expect(row).to_contain_text("The server is busy", **within())
    await lee.page.keyboard.press("Escape")
    dialog = await opened(lee)
    await expect(row).to_have_attribute("data-state", "failed")  # it is still listed
    await lee.page.unroute_all()
    await row.get_by_role("button", name="Try again").click()
    await expect(row).to_have_attribute("data-state", "added", **within(300))
    await row.get_by_role("button", name="Take “gorgo.md” off this list").click()
    await expect(row).to_have_count(0)


async def test_reading_is_cancelled_and_the_server_stops_too(visitors, site):
    lee = await visitors.come(locale="en-US")
    dialog = await opened(lee)
    pages = b"\n\n".join(
        b"# Part %d\n\nThe wug of chapter %d is kept in a box of cedar and aired each May." % (n, n)
        for n in range(20_000)
    )
    await dialog.locator("#doc-files").set_input_files(
        [file("wug.md", pages), file("wug-two.md", b"# Wug\n\nA second one.")]
    )
    client = get_client(url=site.url)
    await dialog.locator(".primary").click()
    await expect(dialog.get_by_role("status")).to_have_text("Reading 1 of 2.")
    assert await until(client, busy=1)
    await dialog.get_by_role("button", name="Cancel").click()
    for name in ("wug.md", "wug-two.md"):
        await expect(job(dialog, name)).to_have_attribute("data-state", "cancelled")
    await expect(dialog.get_by_role("button", name="Cancel")).to_have_count(0)
    assert await until(client, busy=0)
    await job(dialog, "wug-two.md").get_by_role("button", name="Try again").click()
    await expect(job(dialog, "wug-two.md")).to_have_attribute("data-state", "added", **within(300))
