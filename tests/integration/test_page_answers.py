"""Answers on the page: where they stand, how they are read, copied and asked for again."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_site import HANGUL, PHOTOS, accessibility, said, tell
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG = "\n\n".join(f"Sentence {number} of a long answer." for number in range(60))
MARKDOWN = """## Wool

**‘Coats’**은 5~10 mm and 20~30 degrees. [1] <b>not bold</b> [press](https://evil.example/x) https://example.com/care

| fabric | water | spin |
|---|--:|---|
| wool | 30 | 600 rpm |
| silk | 20 | 400 rpm |

1. first
   - inner **one**
2. second

```python
print("wash")
```

[1]: said first
2026. 3. 1. it opens.
"""
SUMMER = "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"
SILK = "| silk | 20 | 400 rpm |"


def of_markdown():
    """Return a reply that cites the row of a table."""
    found = {"id": "e1", "route": "documents", "title": "Fabrics", "url": "care.md", "score": 0.9, "locator": {}}
    found |= {
        "text": MARKDOWN.replace("https://evil.example/x", "#"),
        "data": {"document": "care.md", "language": "en"},
    }
    start = found["text"].index(SILK)
    cited = {
        "evidence": "e1",
        "quote": SILK,
        "start": start,
        "end": start + len(SILK),
        "title": "Fabrics",
        "url": "care.md",
    }
    return said(MARKDOWN, citations=[cited], evidence=[found])


def place(selector):
    return f"Math.round(document.querySelector('{selector}').getBoundingClientRect().top - document.querySelector('.scroll').getBoundingClientRect().top)"


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, {"width": 390, "height": 700}])
async def test_a_question_goes_to_the_top_and_its_answer_grows_below(visitors, viewport):
    lee = await visitors.come(locale="en-US", viewport=viewport)
    await tell(lee, {"event": "reply", "reply": said(LONG)})
    end = lee.page.get_by_role("button", name="To the end of the answer")
    await lee.ask("First?")
    await lee.answered()
    await lee.ask("Second?")
    await lee.answered(2)
    await expect(end).to_be_visible()
    assert await lee.evaluate(place(".turn:last-child")) == 0
    await expect(lee.page.locator(".turn:last-child .question")).to_be_in_viewport()
    await expect(lee.page.locator(".turn:last-child .text p").first).to_be_in_viewport()
    await end.click()
    await expect(lee.page.locator(".turn:last-child .how")).to_be_in_viewport()
    await expect(end).to_be_hidden()
    await tell(lee, {"event": "reply", "reply": said("Short.")})
    await lee.ask("Third?")
    await lee.answered(3)
    assert await lee.evaluate(place(".turn:last-child")) == 0  # a short answer leaves the room below it empty
    await expect(end).to_be_hidden()


async def test_who_scrolls_up_while_an_answer_comes_stays_there(visitors, web):
    kim = await visitors.come()
    await tell(kim, {"event": "reply", "reply": said(LONG)})
    await kim.ask("처음")
    await kim.answered()
    await kim.page.unroute_all()
    web.gate.clear()
    await kim.ask("오늘 서울 날씨 웹에서 찾아줘")
    await expect(kim.page.locator(".step[data-step=source-web]")).to_be_visible(timeout=300_000)
    await kim.evaluate("document.querySelector('.scroll').scrollTop = 40")
    web.gate.set()
    await kim.answered(2)
    assert await kim.evaluate("document.querySelector('.scroll').scrollTop") == 40


async def test_a_note_that_the_answer_says_itself_is_shown_once(visitors):
    lee = await visitors.come(locale="en-US")
    notes = [{"code": "x", "text": "91,000 won in all."}, {"code": "y", "text": "No web search is set up."}]
    await tell(lee, {"event": "reply", "reply": said("91,000 won in all. A blouse and a skirt.", notes=notes)})
    await lee.ask("A blouse and a skirt")
    await lee.answered()
    await expect(lee.page.locator(".notes li")).to_have_text(["No web search is set up."])


async def test_markdown_is_read_with_tables_code_and_nested_lists(visitors):
    lee = await visitors.come(locale="en-US", viewport={"width": 390, "height": 800})
    await tell(lee, {"event": "reply", "reply": of_markdown()})
    await lee.ask("How do I wash it?")
    await lee.answered()
    text = lee.page.locator(".answer .text")
    await expect(text.locator("h3")).to_have_text("Wool")
    await expect(text.locator("strong")).to_have_text(
        ["‘Coats’", "one"]
    )  # also where a particle follows the quotation mark
    await expect(text.locator("del")).to_have_count(0)  # two ranges strike nothing out
    await expect(text.locator("tbody tr")).to_have_count(2)
    await expect(text.locator("ol > li > ul > li")).to_have_text("inner one")
    await expect(text.locator("pre code")).to_have_text('print("wash")')
    await expect(text).to_contain_text("<b>not bold</b>")
    await expect(text).to_contain_text("2026. 3. 1. it opens.")
    await expect(text.locator(".cite")).to_have_count(2)  # "[1]:" is said of a citation, and defines no link
    assert await text.locator("a").all_inner_texts() == ["https://example.com/care"]  # what the evidence names
    assert await accessibility(lee.page) == []


async def test_a_quote_is_marked_in_the_markdown_of_its_document(visitors):
    lee = await visitors.come(locale="en-US")
    await tell(lee, {"event": "reply", "reply": of_markdown()})
    await lee.ask("How do I wash it?")
    await lee.answered()
    await lee.page.locator(".cite").first.click()
    document = lee.page.locator("dialog.quote .document")
    await expect(document.locator("mark")).to_have_text(["silk", "20", "400 rpm"])
    await expect(document.locator("h3")).to_have_text("Wool")
    shown = await document.inner_text()
    assert not {"**", "|", "##"} & {sign for sign in ("**", "|", "##") if sign in shown}
    assert await accessibility(lee.page) == []


async def test_an_answer_code_and_a_quote_are_copied(visitors):
    lee = await visitors.come(locale="en-US", permissions=["clipboard-read", "clipboard-write"])
    await tell(lee, {"event": "reply", "reply": of_markdown()})
    await lee.ask("How do I wash it?")
    await lee.answered()
    clipboard = "navigator.clipboard.readText()"
    await lee.page.get_by_role("button", name="Copy code").click()
    await expect(lee.page.locator("#toast")).to_have_text("Copied.")
    assert await lee.evaluate(clipboard) == 'print("wash")'
    await lee.page.locator(".cite").first.click()
    await lee.page.get_by_role("button", name="Copy the quoted sentence").click()
    assert await lee.evaluate(clipboard) == SILK
    await expect(lee.page.locator("#toast")).to_be_visible()  # above the dialog
    await lee.page.keyboard.press("Escape")
    await lee.page.get_by_role("button", name="Copy answer").click()
    assert await lee.evaluate(clipboard) == MARKDOWN


async def test_a_question_is_put_in_other_words_and_what_came_before_it_stays(visitors):
    lee = await visitors.come(locale="en-US")
    for turn, question in enumerate(
        ["How do I wash wool?", "How should I wash silk?", "How do I store winter coats?"], start=1
    ):
        await lee.ask(question)
        await lee.answered(turn)
    await lee.page.get_by_role("button", name="Edit the question").nth(1).click()
    field = lee.page.get_by_label("The question in other words")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("How should I wash silk?")
    assert await accessibility(lee.page) == []
    await lee.page.keyboard.press("Escape")
    await expect(lee.page.get_by_role("button", name="Edit the question").nth(1)).to_be_focused()
    await lee.page.keyboard.press("Enter")
    await field.fill("How should I wash linen?")
    await lee.page.keyboard.press("Enter")
    await lee.answered(2)
    asked = ["How do I wash wool?", "How should I wash linen?"]
    assert await lee.page.locator(".question p").all_inner_texts() == asked
    await expect(lee.page.locator(".turn").last.locator(".text")).to_contain_text(re.compile("linen", re.I))
    await lee.page.reload()
    await lee.answered(2)
    assert await lee.page.locator(".question p").all_inner_texts() == asked


async def test_what_was_said_before_a_question_was_changed_is_a_branch_to_go_back_to_and_on_from(visitors):
    lee = await visitors.come(locale="en-US")
    for turn, question in enumerate(["How should I wash silk?", "How do I store winter coats?"], start=1):
        await lee.ask(question)
        await lee.answered(turn)
    await lee.page.get_by_role("button", name="Edit the question").first.click()
    await lee.page.get_by_label("The question in other words").fill("How should I wash linen?")
    await lee.page.keyboard.press("Enter")
    await lee.answered(1)
    others = lee.page.get_by_role("group", name="Other answers here")
    shown = others.locator(":scope > span")
    for _ in range(2):  # as it was made, then as the server has kept it
        await expect(shown).to_have_text("2/2")
        await expect(others.get_by_role("button", name="Show the answer after")).to_be_disabled()
        await others.get_by_role("button", name="Show the answer before").press("Enter")
        await lee.answered(2)
        assert await lee.page.locator(".question p").all_inner_texts() == [
            "How should I wash silk?",
            "How do I store winter coats?",
        ]
        await expect(shown).to_have_text("1/2")
        assert await accessibility(lee.page) == []
        await expect(others.get_by_role("button", name="Show the answer after")).to_be_focused()
        await lee.page.keyboard.press("Enter")
        await lee.answered(1)
        await lee.page.reload()
        await lee.answered(1)
    await others.get_by_role("button", name="Show the answer before").click()
    await lee.answered(2)
    await lee.ask("How do I wash wool?")  # goes on from there
    await lee.answered(3)
    await lee.page.reload()
    await lee.answered(3)
    await expect(lee.page.locator(".question p").first).to_have_text("How should I wash silk?")
    await expect(shown).to_have_text("1/2")
    assert lee.wrong == []


async def test_an_answer_is_asked_for_again_with_its_picture_also_after_a_reload(visitors):
    kim = await visitors.come()
    await kim.page.set_input_files("#picture-file", PHOTOS / "jeans.webp")
    await kim.ask("이 바지랑 어울리는 상의 추천해줘")
    await kim.answered()
    first = await kim.names()
    for _ in range(2):  # as it was sent, then as the server has kept it
        async with kim.page.expect_request("**/runs/stream") as sent:
            await kim.page.get_by_role("button", name="다시 답하기").click()
        assert (await sent.value).post_data_json["checkpoint"]["checkpoint_id"]
        await kim.answered()
        assert await kim.names() == first
        await expect(kim.page.locator(".sent img")).to_have_count(1)
        await kim.page.reload()
        await kim.answered()
    await expect(kim.page.locator(".turn")).to_have_count(1)


async def test_where_nothing_was_found_it_says_what_to_do_next(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask("How do I polish a zorblax?")
    await lee.answered()
    await expect(lee.page.locator(".status")).to_have_text("Not found")
    await lee.page.get_by_role("button", name="Add a document about it").click()
    await expect(lee.page.locator("dialog.documents")).to_be_visible()
    await lee.page.keyboard.press("Escape")
    await lee.page.get_by_role("button", name="Ask in other words").click()
    await lee.page.get_by_label("The question in other words").fill("How should I wash silk?")
    await lee.page.keyboard.press("Enter")
    await lee.answered()
    await expect(lee.page.locator(".cite").first).to_be_visible()
    await expect(lee.page.get_by_role("group", name="What you could do")).to_have_count(0)


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
async def test_an_empty_page_offers_questions_that_can_be_answered(visitors, locale):
    someone = await visitors.come(locale=locale)
    starters = someone.page.locator(".starter")
    await expect(starters).to_have_count(4)
    texts = await starters.all_inner_texts()
    assert {bool(HANGUL.search(text)) for text in texts} == {locale == "ko-KR"}
    assert await accessibility(someone.page) == []
    for place, text in enumerate(texts):
        await starters.nth(place).click()
        await someone.answered()
        await expect(someone.page.locator(".question p")).to_have_text(text)
        assert await someone.page.locator(".cite, .card").count(), text
        await someone.page.click(".begin.wide")


async def test_a_document_of_ones_own_is_among_the_examples(visitors):
    lee = await visitors.come(locale="en-US")
    form = {
        "assistant_id": "indexing",
        "input": {"texts": [{"title": "Zorblax care", "text": "# Zorblax care\n\nA zorblax is oiled."}]},
    }
    await lee.context.request.post(f"{lee.url}/runs/wait", data=form)
    await lee.page.reload()
    await expect(lee.page.locator(".starter", has_text="Summarise “Zorblax care”")).to_be_visible()


async def test_a_photo_opens_large_and_closes_again(visitors):
    kim = await visitors.come()
    await kim.ask("여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘")
    await kim.answered()
    small = kim.page.locator(".card .enlarge").first
    await small.focus()
    await kim.page.keyboard.press("Enter")
    large = kim.page.locator("dialog.large img")
    await expect(large).to_be_visible()
    assert (await large.bounding_box())["height"] > (await small.bounding_box())["height"]
    assert await accessibility(kim.page) == []
    await kim.page.keyboard.press("Escape")
    await expect(small).to_be_focused()


async def test_nothing_jumps_while_photos_come(visitors):
    kim = await visitors.come()
    await kim.page.evaluate("""() => {
      window.shift = 0;
      new PerformanceObserver((seen) => seen.getEntries().forEach((one) => { if (!one.hadRecentInput) window.shift += one.value; }))
        .observe({ type: 'layout-shift', buffered: true });
    }""")
    await expect(kim.page.locator(".starter").first).to_be_visible()
    assert await kim.evaluate("window.shift") <= 0.02
    await kim.ask("여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘")
    await kim.answered()
    await kim.evaluate(
        "Promise.all([...document.querySelectorAll('.card img')].slice(0, 3).map((one) => one.decode()))"
    )
    before = await kim.evaluate("window.shift")
    await kim.page.wait_for_timeout(500)
    assert await kim.evaluate("window.shift") - before <= 0.02


@pytest.mark.parametrize(
    ("locale", "question", "offered"),
    [("en-US", "How do I get a red wine stain out of cotton?", "First aid for stains"), ("ko-KR", SUMMER, "더 저렴한")],
)
async def test_what_could_be_asked_next_stands_under_the_newest_answer(visitors, locale, question, offered):
    someone = await visitors.come(locale=locale)
    await someone.ask(question)
    await someone.answered()
    next_ones = someone.page.locator(".follow-ups button")
    await expect(next_ones.filter(has_text=offered).first).to_be_visible()
    assert await accessibility(someone.page) == []
    words = await next_ones.first.inner_text()
    await next_ones.first.click()
    await someone.answered(2)
    await expect(someone.page.locator(".question p").last).to_have_text(words)
    assert await someone.page.locator(".turn").last.locator(".cite, .card").count()
    await expect(someone.page.locator(".turn").first.locator(".follow-ups")).to_have_count(0)
