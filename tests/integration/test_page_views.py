"""What has a place of its own on the page: a piece, a shared conversation, what turns cost; and the palette that leads anywhere."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_site import accessibility, said, tell
from playwright.async_api import expect

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
SUMMER = "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"
WOOL = "How do I wash wool?"
SHOWN = "() => [...document.querySelectorAll('.card img, .alone img')].every((one) => one.naturalWidth > 50)"


async def test_a_piece_has_an_address_that_is_opened_reloaded_and_asked_from(visitors):
    kim = await visitors.come()
    await kim.ask(SUMMER)
    await kim.answered()
    card = kim.page.locator(".card h4 a").first
    name = await card.inner_text()
    await card.click()
    alone = kim.page.locator("#view .alone")
    await expect(alone.locator("h2")).to_have_text(name)
    await expect(kim.page).to_have_url(re.compile(r"/\?piece="))
    await expect(kim.page).to_have_title(f"{name} · stylegraph")
    await expect(kim.page.locator("#log .turn")).to_have_count(0)
    await expect(alone.locator("dl")).to_contain_text("소재")
    await expect(alone.locator(".price")).to_contain_text("원")
    await expect(kim.page.locator("#view .card")).not_to_have_count(0)
    assert await accessibility(kim.page) == []
    await kim.page.reload()
    await expect(alone.locator("h2")).to_have_text(name)
    await kim.page.wait_for_function(SHOWN, timeout=120_000)
    await kim.page.click("#language")
    await expect(alone.locator("dl")).to_contain_text("Material")
    await kim.page.click("#language")
    await kim.page.get_by_role("button", name="이 옷에 대해 물어보기").click()
    await expect(kim.page.locator("#question")).to_have_value(f"‘{name}’ ")
    await expect(kim.page.locator("#question")).to_be_focused()
    await kim.page.fill("#question", "")
    await kim.page.get_by_role("button", name="어울리는 옷 찾기").click()
    await kim.answered()
    await expect(kim.page.locator("#view")).to_be_hidden()
    await expect(kim.page.locator(".question p")).to_contain_text(name)
    await kim.page.go_back()
    await expect(alone.locator("h2")).to_have_text(name)
    assert (kim.wrong, kim.elsewhere) == ([], [])


async def test_a_piece_that_is_not_there_says_so_and_leads_on(visitors):
    lee = await visitors.come("/?piece=nobody", locale="en-US")
    await expect(lee.page.locator("#view .trouble")).to_contain_text("no such piece")
    await lee.page.get_by_role("button", name="New conversation").last.click()
    await expect(lee.page.locator("#start")).to_be_visible()
    await expect(lee.page.locator("#view")).to_be_hidden()


async def test_a_shops_piece_has_its_price_as_the_shop_writes_it_and_a_way_there(visitors):
    lee = await visitors.come("/?piece=shop1", locale="en-US")
    await expect(lee.page.locator(".alone h2")).to_have_text("Lily embroidered overvest")
    await expect(lee.page.get_by_role("link", name="See it at the shop")).to_have_attribute(
        "href", "https://shop.example.com/overvest"
    )
    await lee.page.goto(f"{lee.url}/?piece=evil1")
    await expect(lee.page.locator(".alone h2")).to_contain_text("Rainbow mask robe")
    assert await lee.evaluate("window.hacked ?? null") is None
    await expect(lee.page.get_by_role("link", name="See it at the shop")).to_have_count(0)


async def test_nothing_jumps_while_a_piece_comes(visitors):
    lee = await visitors.come("/?piece=shop1", locale="en-US")
    await expect(lee.page.locator(".alone img")).to_be_visible()
    await lee.page.wait_for_function(SHOWN, timeout=120_000)
    shifts = """new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
      .observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(() => done(0), 500))"""
    assert await lee.evaluate(shifts) <= 0.02


async def test_all_that_can_be_done_is_found_by_its_name_in_either_language(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask(WOOL)
    await lee.answered()
    await lee.page.keyboard.press("Control+Shift+P")
    palette = lee.page.locator("dialog.palette")
    search = palette.get_by_role("combobox", name="All commands")
    await expect(search).to_be_focused()
    await expect(palette.get_by_role("option", name="Answer again")).to_be_visible()
    await search.fill("어둡게")
    await expect(palette.get_by_role("option").first).to_have_text("Theme: dark")
    assert await accessibility(lee.page) == []
    await lee.page.keyboard.press("Enter")
    await expect(palette).to_have_count(0)
    await expect(lee.page.locator("html")).to_have_attribute("data-theme", "dark")
    await lee.page.focus("#question")
    await lee.page.keyboard.press("/")  # in an empty question box
    await expect(search).to_be_focused()
    await search.fill("wool")
    await expect(palette.get_by_role("option")).to_contain_text(["Open a conversation", "Write “wool” as a question"])
    await lee.page.keyboard.press("ArrowUp")
    await expect(palette.locator("[aria-selected=true]")).to_have_text("Write “wool” as a question")
    await lee.page.keyboard.press("Enter")
    await expect(lee.page.locator("#question")).to_have_value("wool")
    await expect(lee.page.locator("#question")).to_be_focused()


async def test_a_command_does_what_it_says(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask(WOOL)
    await lee.answered()
    run = lee.page.locator("dialog.palette [role=combobox]")

    async def choose(words):
        await lee.page.keyboard.press("Control+Shift+P")
        await run.fill(words)
        await lee.page.keyboard.press("Enter")

    await choose("edit question")
    await expect(lee.page.locator(".editing textarea")).to_be_focused()
    await lee.page.keyboard.press("Escape")
    async with lee.page.expect_request("**/runs/stream"):
        await choose("answer again")
    await lee.answered()
    async with lee.page.expect_download() as saved:
        await choose("export markdown")
    assert (await saved.value).suggested_filename.endswith(".md")
    await choose("quick")
    await expect(lee.page.locator("#effort")).to_have_value("quick")
    await choose("documents")
    await expect(lee.page.locator("dialog.documents")).to_be_visible()
    await lee.page.keyboard.press("Escape")
    await choose("use of this server")
    await expect(lee.page.locator("#view .chart svg").first).to_be_visible()
    await choose("new conversation")
    await expect(lee.page.locator("#start")).to_be_visible()


async def test_a_conversation_is_shared_read_by_another_and_taken_back(visitors):
    kim = await visitors.come(locale="en-US")
    await kim.ask(WOOL)
    await kim.answered()
    await kim.page.get_by_role("button", name=f"Rename, export or delete “{WOOL}”").first.click()
    await kim.page.get_by_role("button", name="Share", exact=True).click()
    dialog = kim.page.locator("dialog.share")
    await expect(dialog).to_contain_text("only you may read")
    await expect(dialog).to_contain_text("Pictures that you sent")
    await dialog.get_by_role("button", name="Make a link").click()
    address = dialog.get_by_role("textbox", name="Link")
    await expect(address).to_be_focused()
    assert await accessibility(kim.page) == []
    link = await address.input_value()
    lee = await visitors.come(link.removeprefix(kim.url), locale="en-US")
    await expect(lee.page.locator(".shared-head h2")).to_have_text(WOOL)
    await expect(lee.page.locator(".turn")).to_have_count(1)
    for gone in ("#composer", "#side", ".regenerate", ".thumbs", ".how", ".edit", ".follow-ups"):
        await expect(lee.page.locator(gone).filter(visible=True)).to_have_count(0)
    await lee.page.locator(".cite").first.click()
    await expect(lee.page.locator("dialog.quote")).to_contain_text("quoted sentence only")
    assert await accessibility(lee.page) == []
    assert (lee.wrong, lee.elsewhere) == ([], [])
    await dialog.get_by_role("button", name="Take the link back").click()
    await expect(dialog.get_by_role("button", name="Make a link")).to_be_focused()
    await lee.page.reload()
    await expect(lee.page.locator("#view .trouble")).to_contain_text("taken it back")
    await expect(lee.page.locator(".turn")).to_have_count(0)


async def test_recommended_pieces_of_a_shared_conversation_have_their_photos_and_nothing_to_tap(visitors):
    kim = await visitors.come(locale="en-US")
    await kim.ask(SUMMER)
    await kim.answered()
    thread = await kim.evaluate("new URLSearchParams(location.search).get('thread')")
    link = (await (await kim.context.request.post(f"{kim.url}/shares/{thread}", data={})).json())["link"]
    lee = await visitors.come(f"/#shared={link}")
    await expect(lee.page.locator(".card img")).not_to_have_count(0)
    await lee.page.wait_for_function(SHOWN, timeout=120_000)
    await expect(lee.page.locator(".card .opinions")).to_have_count(0)
    assert lee.wrong == []


async def test_whoever_runs_the_server_sees_what_turns_cost_also_as_tables(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask(WOOL)
    await lee.answered()
    await lee.page.click("#usage")
    charts = lee.page.locator(".chart")
    await expect(charts).to_have_count(6)
    await expect(lee.page).to_have_title("Use of this server · stylegraph")
    await charts.first.locator("summary").click()
    cells = charts.first.locator("tbody tr").first.locator("td")
    assert int(await cells.inner_text()) >= 1
    assert await accessibility(lee.page) == []
    await lee.page.get_by_role("button", name="30 days").click()
    await expect(charts.first.locator("tbody tr")).to_have_count(30)
    await lee.page.reload()
    await expect(charts).to_have_count(6)
    await expect(lee.page.locator("#composer")).to_be_hidden()


async def test_a_cost_that_nobody_knows_is_unknown_and_no_zero(visitors):
    lee = await visitors.come(locale="en-US")
    told = await (await lee.context.request.get(f"{lee.url}/usage?days=7")).json()
    today = told["verdicts"][0]["day"]
    row = {**USED, "day": today, "user": "lee", "dollars": 0, "unpriced": 2}
    await lee.page.route("**/usage?**", lambda route: route.fulfill(json={**told, "usage": [row], "days": [row]}))
    await lee.page.goto(f"{lee.url}/?usage")
    await expect(lee.page.locator(".chart").nth(1).locator("figcaption")).to_have_text("Costcost unknown")
    await expect(lee.page.locator(".people td").last).to_have_text("cost unknown")
    await expect(lee.page.locator("#view")).to_contain_text(f"list prices of {told['prices']}")
    await lee.page.goto(lee.url)
    reply = said("Yes.")
    spent = {**reply["spent"], "model_calls": 2, "dollars": None}
    await tell(lee, {"event": "reply", "reply": {**reply, "spent": spent}})
    await lee.ask(WOOL)
    await lee.page.locator("details.how summary").click()
    await expect(lee.page.locator("details.how dl")).to_contain_text("2 model calls · cost unknown")


USED = {
    "turns": 2, "calls": 4, "tokens_in": 9, "tokens_out": 9, "seconds_p50": 1.0, "seconds_p95": 1.0,
    "statuses": {"answered": 2}, "grades": {}, "fallbacks": {},
}  # fmt: skip


async def test_who_does_not_run_it_is_told_so_and_offered_nothing(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.page.route(
        "**/session", lambda route: route.fulfill(json={"operator": False, "shares": "off", "models": []})
    )
    await lee.page.route("**/usage?**", lambda route: route.fulfill(status=403, json={"detail": "no"}))
    await lee.page.goto(f"{lee.url}/?usage")
    await expect(lee.page.locator("#view .trouble")).to_contain_text("Only those who run the server")
    await expect(lee.page.locator("#usage")).to_be_hidden()
    await lee.page.locator("#threads .round").first.dispatch_event("click")
    await expect(lee.page.locator("dialog.thread-dialog")).to_be_visible()
    await expect(lee.page.get_by_role("button", name="Share", exact=True)).to_have_count(0)


async def test_who_answers_is_chosen_where_there_are_several(visitors):
    lee = await visitors.come(locale="en-US")
    await expect(lee.page.locator("#model-tool")).to_be_hidden()
    made = {"graph_id": "assistant", "name": "Thorough one", "context": {"effort": "thorough"}}
    made = await (await lee.context.request.post(f"{lee.url}/assistants", data=made)).json()
    await lee.page.reload()
    await lee.page.get_by_label("Answered by").select_option("Thorough one")
    await lee.page.reload()
    await expect(lee.page.get_by_label("Answered by")).to_have_value(made["assistant_id"])
    await tell(lee, {"event": "reply", "reply": said("Yes.")})
    async with lee.page.expect_request("**/runs/stream") as sent:
        await lee.ask(WOOL)
    assert (await sent.value).post_data_json["assistant_id"] == made["assistant_id"]
    await lee.context.request.delete(f"{lee.url}/assistants/{made['assistant_id']}")


async def test_a_chat_model_is_chosen_where_the_server_allows_several(visitors):
    lee = await visitors.come(locale="en-US")
    await expect(lee.page.locator("#chat-model-tool")).to_be_hidden()
    allowed = {"operator": False, "shares": "off", "models": ["usual", "other"]}
    await lee.page.route("**/session", lambda route: route.fulfill(json=allowed))
    await lee.page.reload()
    await expect(lee.page.get_by_label("Chat model")).to_have_value("usual")
    await lee.page.get_by_label("Chat model").select_option("other")
    await lee.page.reload()
    await expect(lee.page.get_by_label("Chat model")).to_have_value("other")
    assert await accessibility(lee.page) == []
    reply = said("Yes.")
    await tell(
        lee, {"event": "reply", "reply": {**reply, "spent": {**reply["spent"], "model": "other", "dollars": 0.0012}}}
    )
    async with lee.page.expect_request("**/runs/stream") as sent:
        await lee.ask(WOOL)
    assert (await sent.value).post_data_json["context"] == {"effort": "standard", "model": "other"}
    await lee.page.locator("details.how summary").click()
    await expect(lee.page.locator("details.how dl")).to_contain_text("$0.0012 · other")
    await lee.page.keyboard.press("Control+Shift+P")
    await lee.page.get_by_role("combobox", name="All commands").fill("model: usual")
    await expect(lee.page.locator("dialog.palette").get_by_role("option").first).to_have_text("Chat model: usual")
    await lee.page.keyboard.press("Enter")
    await expect(lee.page.get_by_label("Chat model")).to_have_value("usual")
