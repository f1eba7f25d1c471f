"""Conversations on the page: found, renamed, exported, gone on with; drafts; the keyboard."""

from __future__ import annotations

import asyncio
import json

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from langgraph_sdk import get_client
from page_site import PHOTOS, accessibility
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(site, *titles):
    client = get_client(url=site.url)
    return [
        (await client.threads.create(metadata={"made_by": "page", "title": title}))["thread_id"] for title in titles
    ]


async def manage(visitor, title):
    await visitor.page.get_by_role("button", name=f"Rename, export or delete “{title}”").click()
    return visitor.page.locator("dialog.thread-dialog")


async def test_conversations_are_found_by_their_titles_also_those_further_down(visitors, site):
    await made(site, "Silk that shines", *(f"Small talk {number}" for number in range(105)))
    lee = await visitors.come(locale="en-US")
    listed = lee.page.locator("#threads a")
    await expect(listed).to_have_count(100)
    await lee.page.get_by_role("button", name="Show older ones").click()
    await expect(listed).not_to_have_count(100)
    await lee.page.reload()
    await lee.page.get_by_label("Find a conversation").fill("SHINES silk")
    await expect(listed).to_have_count(1)
    await expect(listed).to_contain_text("Silk that shines")
    await lee.page.get_by_label("Find a conversation").fill("no such thing")
    await expect(lee.page.locator("#threads")).to_have_text("No conversation has such a title.")
    assert await accessibility(lee.page) == []


async def test_one_who_types_before_the_list_has_come_finds_the_older_ones_too(visitors, site):
    await made(site, "Linen that creases", *(f"Chatter {number}" for number in range(105)))
    lee = await visitors.come(locale="en-US")
    typed = asyncio.Event()

    async def held(route):
        await typed.wait()
        await route.continue_()

    await lee.page.route("**/threads/search", held)
    await lee.page.reload()
    await lee.page.get_by_label("Find a conversation").fill("linen")
    typed.set()
    await expect(lee.page.locator("#threads a")).to_contain_text("Linen that creases")


async def test_a_conversation_keeps_the_name_that_it_is_given(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask("How do I wash wool?")
    await lee.answered()
    dialog = await manage(lee, "How do I wash wool?")
    await expect(dialog.get_by_label("Name")).to_have_value("How do I wash wool?")
    assert await accessibility(lee.page) == []
    await dialog.get_by_label("Name").fill("Wool, for grandma")
    await lee.page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(lee.page.locator("#threads a[aria-current]")).to_contain_text("Wool, for grandma")
    await lee.ask("And silk?")
    await lee.answered(2)
    await lee.page.reload()
    await expect(lee.page.locator("#threads a[aria-current]")).to_contain_text("Wool, for grandma")


async def test_a_conversation_is_taken_along_as_markdown_and_as_data(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask("How should I wash silk?")
    await lee.answered()
    await lee.ask("Recommend a light jacket for rainy days")
    await lee.answered(2)
    shown = await lee.page.locator(".sources .name").first.inner_text()
    files = {}
    for form in ("Markdown", "JSON"):
        dialog = await manage(lee, "How should I wash silk?")
        async with lee.page.expect_download() as download:
            await dialog.get_by_role("button", name=form).click()
        file = await download.value
        files[file.suggested_filename] = (await file.path()).read_text("utf-8")
        await lee.page.keyboard.press("Escape")
    text, data = files["How should I wash silk.md"], json.loads(files["How should I wash silk.json"])
    assert text.startswith("# How should I wash silk?\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## How should I wash silk?",
        "## Recommend a light jacket for rainy days",
    ]
    assert f"1. {shown}" in text
    assert [turn["question"] for turn in data["turns"]] == [
        "How should I wash silk?",
        "Recommend a light jacket for rainy days",
    ]
    assert data["turns"][0]["reply"]["citations"]
    assert data["turns"][1]["reply"]["recommendations"]


async def test_what_was_begun_stays_with_its_conversation_over_a_reload(visitors, site):
    (other,) = await made(site, "Another one")
    lee = await visitors.come(locale="en-US")
    await lee.page.fill("#question", "Begun here")
    await lee.page.set_input_files("#picture-file", PHOTOS / "jeans.webp")
    await expect(lee.page.locator(".chosen img")).to_have_count(1)
    await lee.page.goto(f"{lee.url}/?thread={other}")
    await expect(lee.page.locator("#question")).to_have_value("")
    await lee.page.fill("#question", "Begun there")
    await lee.page.reload()
    await expect(lee.page.locator("#question")).to_have_value("Begun there")
    await lee.page.locator(".begin.wide").click()
    await expect(lee.page.locator("#question")).to_have_value("Begun here")
    await expect(lee.page.locator(".chosen img")).to_have_count(1)
    await lee.page.fill("#question", "hello")
    await lee.page.press("#question", "Enter")
    await lee.answered()
    await lee.page.locator(".begin.wide").click()
    await expect(lee.page.locator("#question")).to_have_value("")  # what was sent is no draft


async def test_the_keyboard_has_a_list_of_what_it_does(visitors):
    lee = await visitors.come(locale="en-US")
    for turn, question in enumerate(["hello", "How do I wash wool?"], start=1):
        await lee.ask(question)
        await lee.answered(turn)
    await lee.page.keyboard.type("?")
    await expect(lee.page.locator("#question")).to_have_value("?")  # in a field, a letter is a letter
    await lee.page.fill("#question", "")
    await lee.page.keyboard.press("Alt+ArrowUp")
    await expect(lee.page.locator(".turn").first).to_be_focused()
    await lee.page.keyboard.press("Alt+ArrowDown")
    await expect(lee.page.locator(".turn").last).to_be_focused()
    await lee.page.keyboard.press("?")
    dialog = lee.page.locator("dialog.keys")
    await expect(dialog).to_contain_text("To the question before")
    assert await accessibility(lee.page) == []
    await dialog.get_by_label("Use keys of a single letter").uncheck()
    await lee.page.keyboard.press("Escape")
    await lee.page.locator(".turn").last.focus()
    await lee.page.keyboard.press("/")
    await expect(lee.page.locator(".turn").last).to_be_focused()  # turned off
    await lee.page.keyboard.press("Control+k")
    await expect(lee.page.get_by_label("Find a conversation")).to_be_focused()
    await lee.page.keyboard.press("Control+Shift+O")
    await expect(lee.page.locator("#start")).to_be_visible()
    await expect(lee.page.locator("#question")).to_be_focused()
