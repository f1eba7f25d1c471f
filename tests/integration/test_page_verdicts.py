"""Thumbs on the page: what a person thinks of an answer is kept with a reason, seen again, and taken back."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_site import accessibility
from playwright.async_api import expect

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


async def verdicts(visitor):
    answer = await visitor.context.request.get(f"{visitor.url}/verdicts?brief=true")
    return (await answer.json())["verdicts"]


async def kept(visitor):
    return [(one["question"], one["rating"], one["reason"]) for one in await verdicts(visitor)]


async def test_a_thumb_counts_at_once_takes_a_reason_and_is_there_after_a_reload(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask("How do I wash wool?")
    await lee.answered()
    down = lee.page.get_by_role("button", name="Not a good answer")
    await down.click()
    await expect(down).to_have_attribute("aria-pressed", "true")
    await expect(lee.page.get_by_role("textbox", name="Reason")).to_be_focused()
    assert await kept(lee) == [("How do I wash wool?", "down", "")]
    assert await accessibility(lee.page) == []
    await lee.page.get_by_role("textbox", name="Reason").fill("No water temperature")
    await lee.page.keyboard.press("Enter")
    await expect(down).to_be_focused()
    await expect(lee.page.locator(".verdict")).to_contain_text("Your reason: No water temperature")
    assert await kept(lee) == [("How do I wash wool?", "down", "No water temperature")]
    await lee.page.reload()
    await lee.answered()
    await expect(down).to_have_attribute("aria-pressed", "true")
    await expect(lee.page.locator(".verdict")).to_contain_text("No water temperature")
    await lee.page.get_by_role("button", name="Good answer", exact=True).click()  # another mind
    await expect(lee.page.get_by_role("button", name="Good answer", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    await lee.page.get_by_role("button", name="No reason").click()
    assert await kept(lee) == [("How do I wash wool?", "up", "")]
    await lee.page.get_by_role("button", name="Take it back").click()
    await expect(lee.page.locator("#toast")).to_have_text("Taken back.")
    await expect(lee.page.locator(".thumbs [aria-pressed=true]")).to_have_count(0)
    assert await kept(lee) == []


async def test_an_answer_is_put_as_it_should_have_been_and_another_one_is_asked_for(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask("How do I wash wool?")
    await lee.answered()
    await lee.page.get_by_role("button", name="Not a good answer").click()
    await lee.page.get_by_text("Write it as it should be").click()
    better = lee.page.get_by_role("textbox", name="Write it as it should be")
    assert "[1]" in await better.input_value()
    assert await accessibility(lee.page) == []
    await better.fill("By hand, at 30 °C.")
    await lee.page.get_by_role("button", name="Keep", exact=True).click()
    await expect(lee.page.locator(".verdict form")).to_have_count(0)
    assert [one["better"] for one in await verdicts(lee)] == ["By hand, at 30 °C."]
    await lee.page.get_by_role("button", name="Answer again").click()
    await lee.answered()
    assert [one["rating"] for one in await verdicts(lee)] == ["down"]
    await expect(lee.page.locator(".thumbs [aria-pressed=true]")).to_have_count(0)
    async with lee.page.expect_response("**/verdicts") as sent:
        await lee.page.get_by_role("button", name="Answer again").click()
    assert (await (await sent.value).json())["rating"] == "again"
    await lee.answered()
    assert sorted(one["rating"] for one in await verdicts(lee)) == ["again", "down"]
    await lee.page.click("#profile")
    judged = lee.page.locator("dialog.profile .judged li")
    await expect(judged.filter(has_text="Asked for another answer")).to_have_count(1)
    await judged.first.get_by_role("button").click()
    await expect(judged).to_have_count(1)
    await judged.first.get_by_role("button").click()
    await expect(judged).to_have_count(0)
    assert await verdicts(lee) == []


async def test_a_reason_is_a_tap_and_an_earlier_answer_is_judged_as_itself(visitors):
    kim = await visitors.come()
    for turn, question in enumerate(["울 니트는 어떻게 세탁해야 해?", "린넨은?"], start=1):
        await kim.ask(question)
        await kim.answered(turn)
    first = kim.page.locator(".turn").first
    await first.get_by_role("button", name="아쉬운 답이에요").click()
    await first.get_by_role("button", name="사실과 달라요").click()
    await expect(first.locator(".verdict")).to_contain_text("적어 주신 이유: 사실과 달라요")
    assert await kept(kim) == [("울 니트는 어떻게 세탁해야 해?", "down", "사실과 달라요")]
    await expect(kim.page.locator(".turn").last.locator("[aria-pressed=true]")).to_have_count(0)
    await kim.page.click("#profile")
    judged = kim.page.locator("dialog.profile .judged li")
    await expect(judged).to_contain_text("아쉬운 답이에요 · 사실과 달라요")
    assert await accessibility(kim.page) == []
    await judged.get_by_role("button").click()
    await expect(judged).to_have_count(0)
    await kim.page.keyboard.press("Escape")
    await expect(first.locator("[aria-pressed=true]")).to_have_count(0)
    assert await kept(kim) == []
