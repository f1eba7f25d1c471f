"""The page by the keyboard alone, as somebody who has no mouse and hears it: each thing is reached by Tab and has a name."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_site import within
from playwright.async_api import expect

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
SEEDS = ("여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘", "ALL-in 코딩 공모전 수상작들을 요약해줘")
OUTFIT = "가을 출근 코디 20만원 이하로 짜줘"
NAMED = """() => {
  const one = document.activeElement;
  const said = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '';
  return [one.matches(WANTED), Boolean(said.trim() || one.title)];
}"""


async def reach(person, wanted, key="Tab"):
    """Press a key until something is reached; whatever is passed on the way has a name."""
    looks = NAMED.replace("WANTED", repr(wanted))
    for _ in range(150):
        await person.page.keyboard.press(key)
        there, named = await person.evaluate(looks)
        assert named, await person.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if there:
            return
    pytest.fail(f"{wanted} is not reached")


async def types(person, text, turns):
    """Go to the question box by its key, and ask."""
    if not await person.evaluate("document.activeElement.id === 'question'"):
        await person.page.keyboard.press("/")
    await person.page.keyboard.type(text)
    await person.page.keyboard.press("Enter")
    await person.answered(turns)


async def test_the_seeds_questions_a_swap_a_document_and_another_answer_need_no_mouse(visitors):
    kim = await visitors.come()
    await kim.page.keyboard.press("Tab")
    await kim.page.keyboard.press("Enter")  # the skip link
    for turn, question in enumerate((*SEEDS, OUTFIT), start=1):
        await types(kim, question, turn)
    before = await kim.names()
    await reach(kim, ".turn:last-child .piece[data-slot=shoes] .swap", "Shift+Tab")
    await expect(kim.page.get_by_role("button", name="신발 바꾸기").last).to_be_focused()
    await kim.page.keyboard.press("Enter")
    await kim.answered(4)
    assert sum(one != other for one, other in zip(before, await kim.names(), strict=True)) == 1

    await kim.page.keyboard.press("Control+Shift+P")
    await kim.page.keyboard.type("문서 더하기")
    await kim.page.keyboard.press("Enter")
    await reach(kim, "#doc-text")
    await kim.page.keyboard.type("바람솔 코트는 사월마다 삼나무 솔로 빗습니다.")
    await reach(kim, "dialog .primary")
    await kim.page.keyboard.press("Enter")
    await expect(kim.page.locator("dialog .jobs [data-state=added]")).to_have_count(1, **within(300))
    await kim.page.keyboard.press("Escape")
    await kim.page.keyboard.press("Control+Shift+O")
    await types(kim, "바람솔 코트는 뭘로 빗어?", 1)
    await reach(kim, ".text .cite", "Shift+Tab")
    await kim.page.keyboard.press("Enter")
    await expect(kim.page.locator("dialog.quote mark")).to_contain_text("삼나무 솔")
    await kim.page.keyboard.press("Escape")
    await expect(kim.page.locator(".text .cite").first).to_be_focused()

    await reach(kim, ".acts button[title='다시 답하기']")
    async with kim.page.expect_request("**/runs/stream"):
        await kim.page.keyboard.press("Enter")
    await kim.answered()
    assert kim.wrong == []
