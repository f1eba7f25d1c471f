"""The page in a real browser, on a real server: what people do with it, and what is done to it."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import signal

import pytest
from standins.http import serving

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from langgraph_sdk import get_client
from page_site import ATTACK, GIANT, HANGUL, HOSTILE_GUIDE, HOSTILE_NAME, PHOTOS, accessibility, said, tell, within
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUMMER = "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"
CONTEST = "ALL-in 코딩 공모전 수상작들을 요약해줘"
OUTFIT = "가을 출근 코디 20만원 이하로 짜줘"
WEB = "오늘 서울 날씨 웹에서 찾아줘"


async def test_a_wish_is_met_by_cards_with_photo_price_and_reasons(visitors):
    kim = await visitors.come()
    await kim.ask(SUMMER)
    await kim.answered()
    cards = kim.page.locator(".card")
    await expect(cards).to_have_count(6)
    await expect(cards.first.locator(".price")).to_have_text(re.compile(r"^\d{2},\d{3}원$"))
    assert await cards.first.locator(".reasons li").count() >= 2
    await expect(cards.first.locator("img")).to_have_js_property("complete", True)
    assert await cards.first.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    text = await kim.page.locator(".answer .text").inner_text()
    assert not any(name in text for name in await kim.names()), "what stands on a card is not said twice"
    await expect(kim.page.locator(".draft")).to_have_count(0)
    await expect(kim.page.locator("#live")).to_contain_text("답이 나왔어요")


async def test_a_draft_is_shown_as_one_until_the_verified_answer_takes_its_place(visitors):
    """A stand-in for the run's stream, slow enough to watch: without a model a draft is there for some milliseconds only."""
    events = [{"event": "draft", "text": "Linen is "}, {"event": "draft", "text": "always cool."}]
    events += [
        {"event": "graded", "grade": {"good": False}},
        {"event": "revising", "action": "correct", "reason": "always"},
    ]
    events += [
        {"event": "draft", "text": "Linen is cool."},
        {"event": "reply", "reply": said("Linen is cool in summer.")},
    ]

    async def told(exchange):
        await exchange.stream([f"{json.dumps(event)}\nevent: custom" for event in events], pause=0.7)

    lee = await visitors.come(locale="en-US")
    async with serving(told) as slow:
        await lee.page.route("**/runs/stream", lambda route: route.continue_(url=slow))
        await lee.ask("Is linen cool?")
        draft = lee.page.locator(".draft")
        await expect(draft).to_contain_text("A draft. It may change once it is checked.")
        await expect(draft.locator(".text")).to_have_text("Linen is always cool.")
        await expect(lee.page.locator(".step[data-step=revise]")).to_contain_text("Correcting")
        await expect(draft.locator(".text")).to_have_text("Linen is cool.")
        await lee.answered()
    await expect(draft).to_have_count(0)
    await expect(lee.page.locator(".answer .text")).to_have_text("Linen is cool in summer.")


async def test_the_way_is_shown_while_it_is_gone(visitors, web):
    web.gate.clear()
    kim = await visitors.come()
    await kim.ask(WEB)
    step = kim.page.locator(".step[data-step=source-web]")
    await expect(step).to_have_class(re.compile("now"), **within())
    await expect(step).to_contain_text("웹")
    web.gate.set()
    await kim.answered()
    await expect(kim.page.locator(".way")).to_be_hidden()
    await kim.page.click(".how summary")
    how = kim.page.locator(".how dl")
    await expect(how).to_contain_text("웹 검색 1번")
    await expect(how).to_contain_text("서울 날씨")


async def test_a_citation_opens_its_quote_in_its_document(visitors):
    kim = await visitors.come()
    await kim.ask(CONTEST)
    await kim.answered()
    third = kim.page.locator(".text .cite", has_text="3")
    await third.click()
    dialog = kim.page.locator("dialog.quote")
    await expect(dialog.locator("h2")).to_contain_text("공모전 수상작 발표")
    await expect(dialog.locator("mark")).to_have_text(re.compile("최우수상은 .*차지했습니다"))
    await expect(dialog.locator("mark")).to_be_in_viewport()
    await expect(dialog.locator(".document")).to_contain_text("밤길등대")  # the rest of the document stands around it
    await kim.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(third).to_be_focused()
    await expect(kim.page.locator(".sources .name")).to_have_count(1)
    await expect(kim.page.locator(".sources .cite")).to_have_count(8)
    assert await kim.page.locator(".sources a").count() == 0, "a file's path is no link"


async def test_a_page_of_the_web_is_a_link(visitors):
    kim = await visitors.come()
    await kim.ask(WEB)
    await kim.answered()
    link = kim.page.locator(".sources a.name").first
    await expect(link).to_have_attribute("href", "https://weather.example.com/seoul")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_a_follow_up_leans_on_what_was_said(visitors):
    kim = await visitors.come()
    await kim.ask(SUMMER)
    await kim.answered()
    await kim.ask("그럼 겨울에는?")
    await kim.answered(2)
    assert set(await kim.names(0)).isdisjoint(await kim.names(1))
    await kim.page.locator(".how summary").nth(1).click()
    await expect(kim.page.locator(".how dl").nth(1)).to_contain_text("겨울")


async def test_a_picture_is_made_smaller_sent_and_seen_again_later(visitors):
    kim = await visitors.come()
    sent: list[dict] = []
    kim.page.on("request", lambda request: request.url.endswith("/runs/stream") and sent.append(request.post_data_json))
    await kim.page.set_input_files("#picture-file", PHOTOS / "jeans.webp")
    await expect(kim.page.locator(".chosen img")).to_be_visible()
    await kim.ask("이 바지랑 어울리는 상의 추천해줘")
    await kim.answered()
    block = sent[0]["input"]["messages"][0]["content"][0]
    assert (block["type"], block["mime_type"]) == ("image", "image/jpeg")
    assert base64.b64decode(block["base64"])[:3] == b"\xff\xd8\xff"
    assert await kim.names()
    await kim.page.reload()
    await kim.answered()
    picture = kim.page.locator(".sent img")
    await expect(picture).to_have_attribute("src", re.compile("^/pictures/[0-9a-f]{64}$"))
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


async def test_a_photo_is_taken_and_goes_along(visitors):
    """On what has a camera: a phone's own camera opens, of which the browser gives the page a file."""
    kim = await visitors.come(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800})
    camera = kim.page.locator("#picture-camera")
    await expect(camera).to_have_attribute("capture", "environment")
    await expect(camera).to_have_attribute("accept", "image/*")
    async with kim.page.expect_file_chooser() as chooser:
        await kim.page.get_by_role("button", name="사진 찍기").click()
    await (await chooser.value).set_files(PHOTOS / "dress.webp")
    await expect(kim.page.locator(".chosen img")).to_have_count(1)
    await expect(kim.page.locator("#question")).to_be_focused()
    await kim.ask("이 옷 뭐야?")
    await kim.answered()
    await expect(kim.page.locator(".answer .text")).to_contain_text("원피스")
    await expect(kim.page.locator(".sent img")).to_have_count(1)


async def test_pictures_are_pasted_and_dropped_and_what_is_none_is_said_to_be(visitors):
    kim = await visitors.come()
    content = base64.b64encode((PHOTOS / "dress.webp").read_bytes()).decode()
    give = """(how, name, type, content) => {
      const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0)), carried = new DataTransfer();
      carried.items.add(new File([bytes], name, { type }));
      const event = how === 'paste' ? new ClipboardEvent('paste', { clipboardData: carried, bubbles: true })
        : new DragEvent('drop', { dataTransfer: carried, bubbles: true });
      document.querySelector('#question').dispatchEvent(event);
    }"""
    for how, name, kind, data in [
        ("paste", "a.webp", "image/webp", content),
        ("drop", "b.webp", "image/webp", content),
        ("drop", f"{ATTACK}.png", "image/png", base64.b64encode(b"no picture").decode()),
    ]:
        arguments = ", ".join(json.dumps(part) for part in (how, name, kind, data))
        await kim.evaluate(f"({give})({arguments})")
    await expect(kim.page.locator(".chosen img")).to_have_count(2)
    await expect(kim.page.locator("#toast")).to_contain_text("열 수 없는 사진")
    await kim.page.locator(".chosen button").first.click()
    await expect(kim.page.locator(".chosen img")).to_have_count(1)
    assert await kim.evaluate("window.hacked") is None


async def test_one_slot_of_an_outfit_is_swapped_and_the_rest_stays(visitors):
    kim = await visitors.come()
    await kim.ask(OUTFIT)
    await kim.answered()
    before = await kim.names()
    shoes = kim.page.locator(".piece[data-slot=shoes]")
    at = [await piece.get_attribute("data-slot") for piece in await kim.page.locator(".piece").all()].index("shoes")
    await shoes.locator(".swap").click()
    await kim.answered(2)
    after = await kim.names(1)
    assert [place for place, name in enumerate(after) if name != before[place]] == [at]
    await expect(kim.page.locator(".piece.new .badge")).to_have_count(1)
    await expect(kim.page.locator(".turn").nth(1).locator(".piece[data-slot=shoes] .badge")).to_be_visible()
    await expect(kim.page.locator(".turn").first.locator(".swap")).to_have_count(0)  # what is past is not changed
    await expect(kim.page.locator(".turn").nth(1).locator(".shown > h3")).to_contain_text(
        re.compile(r"합계 \d+,\d{3}원")
    )


async def test_every_piece_of_an_english_outfit_has_a_button_that_changes_it(visitors):
    lee = await visitors.come(locale="en-US")
    await lee.ask("Put together an autumn outfit for the office, for a woman")
    await lee.answered()
    slots = [await piece.get_attribute("data-slot") for piece in await lee.page.locator(".piece").all()]
    assert {"shoes", "accessory"} <= set(slots)
    for turn, slot in enumerate(slots, start=1):
        before = await lee.names()
        await lee.page.locator(f".turn:last-child .piece[data-slot={slot}] .swap").click()
        await lee.answered(turn + 1)
        changed = [name != before[place] for place, name in enumerate(await lee.names())]
        assert changed == [one == slot for one in slots], slot


async def test_what_is_asked_back_is_answered_by_a_tap(visitors):
    kim = await visitors.come()
    await kim.ask("그거 얼마야?")
    await kim.answered()
    await expect(kim.page.locator(".status")).to_have_text("답하기 전에 여쭤볼게요")
    await kim.page.locator(".choices button", has_text="코트").click()
    await kim.answered(2)
    await expect(kim.page.locator(".question").nth(1)).to_contain_text("코트")
    await expect(kim.page.locator(".turn").first.locator(".choices")).to_have_count(0)


async def test_a_disliked_piece_never_comes_again_until_that_is_forgotten(visitors):
    kim = await visitors.come()
    await kim.ask(SUMMER)
    await kim.answered()
    name = (await kim.names())[0]
    never = kim.page.locator(".card").first.locator(".dislike")
    await never.click()
    await expect(never).to_have_attribute("aria-pressed", "true")
    await expect(kim.page.locator("#toast")).to_contain_text(name)
    await kim.page.click(".begin.wide")
    await kim.ask(SUMMER)
    await kim.answered()
    assert name not in await kim.names()
    await kim.page.click("#profile")
    dialog = kim.page.locator("dialog.profile")
    await expect(dialog).to_contain_text(name)
    await dialog.locator(".danger").click()
    await kim.page.locator("dialog.confirm .danger").click()
    await expect(dialog).to_contain_text("아직 아는 것이 없어요")
    await kim.page.keyboard.press("Escape")
    await kim.page.click(".begin.wide")
    await kim.ask(SUMMER)
    await kim.answered()
    assert name in await kim.names()


async def test_a_liked_piece_changes_what_comes_next_and_says_so_until_that_is_forgotten(visitors):
    kim = await visitors.come()

    async def recommended():
        await kim.page.click(".begin.wide")
        await kim.ask(SUMMER)
        await kim.answered()
        return await kim.names(), " ".join(await kim.page.locator(".card .reasons").all_inner_texts())

    fresh, reasons = await recommended()
    assert "좋다고 하신" not in reasons
    await kim.page.locator(".card").last.locator(".like").click()
    await expect(kim.page.locator("#toast")).to_contain_text(fresh[-1])
    moved, reasons = await recommended()
    assert moved != fresh
    assert "좋다고 하신" in reasons
    await expect(kim.page.locator(".card", has_text=fresh[-1]).locator(".like[aria-pressed=true]")).to_have_count(
        int(fresh[-1] in moved)
    )
    await kim.page.click("#profile")
    await kim.page.locator("dialog.profile .danger").click()
    await kim.page.locator("dialog.confirm .danger").click()
    await expect(kim.page.locator("dialog.profile")).to_contain_text("아직 아는 것이 없어요")
    await kim.page.keyboard.press("Escape")
    assert (await recommended())[0] == fresh


async def test_a_shops_photo_is_shown_as_the_servers_own(visitors, shop):
    kim = await visitors.come()
    await kim.ask("은방울 꽃수 배자 추천해줘")
    await kim.answered()
    photo = kim.page.locator(".card", has_text="은방울").locator("img")
    await expect(photo).to_have_attribute("src", "/photos/shop1")
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert not [address for address in kim.elsewhere if address.startswith(shop)], (
        "the shop is not asked by the browser"
    )


async def test_the_profile_is_shown_corrected_and_forgotten_word_by_word(visitors):
    kim = await visitors.come()
    await kim.ask("난 가죽은 싫어. 사무실에서 신을 신발 추천해줘")
    await kim.answered()
    await kim.page.click("#profile")
    dialog = kim.page.locator("dialog.profile")
    await expect(dialog).to_contain_text("가죽")
    await dialog.locator("#profile-budget").fill("5만원 이하")
    await dialog.locator("#profile-budget").press("Enter")
    await expect(dialog.locator(".chip", has_text="5만원 이하")).to_be_visible()
    await expect(dialog.locator("#profile-budget")).to_be_focused()
    for word in ("가죽", "5만원 이하"):
        await dialog.locator(".chip", has_text=word).locator("button").click()
        await expect(dialog.locator(".chip", has_text=word)).to_have_count(0)
    await expect(dialog).to_contain_text("아직 아는 것이 없어요")


async def test_conversations_are_listed_opened_deleted_and_survive_a_reload(visitors):
    kim = await visitors.come()
    await kim.ask(CONTEST)
    await kim.answered()
    first = kim.page.url
    await kim.page.click(".begin.wide")
    await expect(kim.page.locator("#start")).to_be_visible()
    await kim.ask("실크 블라우스는 어떻게 다려?")
    await kim.answered()
    await expect(kim.page.locator("#threads a").first).to_contain_text("실크 블라우스는 어떻게 다려?")
    await kim.page.goto(first)
    await kim.answered()
    await expect(kim.page.locator(".text .cite")).to_have_count(8)
    await expect(kim.page.locator("#threads a[aria-current]")).to_contain_text("ALL-in")
    await kim.page.locator("#threads li", has=kim.page.locator("[aria-current]")).locator("button").click()
    await kim.page.get_by_role("button", name="대화 지우기").click()
    await kim.page.locator("dialog.confirm .danger").click()
    await expect(kim.page.locator("#start")).to_be_visible()
    await kim.page.goto(first)
    await expect(kim.page.locator("#toast")).to_contain_text("이 대화가 없어요")


async def test_all_of_a_long_conversation_can_be_read_again(visitors, site):
    """41 turns, which are three pages of it; each with all that was shown with it."""
    client = get_client(url=site.url)
    made_by = {"made_by": "page", "title": CONTEST}
    thread = (await client.threads.create(metadata=made_by))["thread_id"]
    for words in [CONTEST, *(f"안녕 {number}" for number in range(40))]:
        asked = {"messages": [{"role": "user", "content": words}]}
        await client.runs.wait(thread, "assistant", input=asked, durability="exit", metadata=made_by)
    lee = await visitors.come(f"/?thread={thread}", locale="en-US")
    await lee.answered(20)
    earlier = lee.page.get_by_role("button", name="Show earlier questions")
    await expect(lee.page.locator(".turn").last).to_be_in_viewport()
    await earlier.focus()
    await lee.page.keyboard.press("Enter")
    await lee.answered(40)
    await expect(lee.page.locator("#live")).to_contain_text("20 earlier questions")
    await expect(earlier).to_be_focused()  # what was there before comes right behind it
    assert await lee.page.locator(".question p").first.inner_text() == "안녕 0"
    assert await accessibility(lee.page) == []
    await lee.page.keyboard.press("Enter")
    await lee.answered(41)
    await expect(earlier).to_be_hidden()
    first = lee.page.locator(".turn").first
    await expect(first).to_be_focused()
    await expect(first.locator(".cite")).not_to_have_count(0)
    assert await lee.page.locator(".question p").all_inner_texts() == [
        CONTEST,
        *(f"안녕 {number}" for number in range(40)),
    ]
    await lee.ask("안녕 41")
    await lee.answered(42)
    await expect(lee.page.locator("#threads a[aria-current]")).to_contain_text(
        "ALL-in"
    )  # called by its first question still
    await lee.page.click("#language")
    await lee.page.reload()
    await expect(lee.page.get_by_role("button", name="앞선 질문 더 보기")).to_be_visible()


async def test_a_turn_is_stopped_on_the_server_and_asked_again(visitors, web):
    web.gate.clear()
    kim = await visitors.come()
    await kim.ask(WEB)
    await expect(kim.page.locator(".step[data-step=source-web]")).to_be_visible(**within())
    cancelled = kim.page.expect_response(re.compile(r"/cancel\?"))
    async with cancelled as response:
        await kim.page.click(".send")
    answer = await response.value
    assert answer.ok, f"{answer.status}: {await answer.text()}"
    await expect(kim.page.locator(".turn[data-state=stopped] .trouble")).to_contain_text("멈췄어요")
    web.gate.set()
    await kim.page.click(".retry")
    await kim.answered()
    await expect(kim.page.locator(".turn")).to_have_count(1)
    await kim.page.reload()
    await kim.answered()  # the stopped turn left nothing behind
    await expect(kim.page.locator(".question")).to_have_count(1)


async def test_offline_is_said_and_what_was_asked_goes_on_by_itself(visitors):
    kim = await visitors.come()
    await kim.context.set_offline(True)
    await expect(kim.page.locator("#banner")).to_contain_text("인터넷이 끊겼어요")
    await kim.ask(CONTEST)
    await expect(kim.page.locator(".trouble")).to_contain_text("이어지면 저절로")
    await kim.context.set_offline(False)
    await kim.answered()
    await expect(kim.page.locator(".trouble")).to_have_count(0)
    await expect(kim.page.locator("#banner")).to_be_hidden()


async def test_the_server_starts_again_underneath_and_the_turn_is_answered_once(visitors, site, web):
    web.gate.clear()
    kim = await visitors.come()
    await kim.ask(CONTEST)
    await kim.answered()
    await kim.ask(WEB)
    await expect(kim.page.locator(".step.now[data-step=source-web]")).to_be_visible(**within())
    await asyncio.to_thread(site.stop, signal.SIGKILL)
    await expect(kim.page.locator(".trouble")).to_contain_text("다시 잇는 중")
    web.gate.set()
    await asyncio.to_thread(site.start)
    await kim.answered(2)
    await kim.page.reload()
    await kim.answered(2)
    questions = await kim.page.locator(".question p").all_text_contents()
    assert questions == [CONTEST, WEB]
    await expect(kim.page.locator("#threads a[aria-current]")).to_contain_text("ALL-in")  # what it was called, too


async def test_a_reload_in_the_middle_of_a_turn_goes_on_watching_it(visitors, web):
    web.gate.clear()
    kim = await visitors.come()
    await kim.ask(WEB)
    await expect(kim.page.locator(".step[data-step=source-web]")).to_be_visible(**within())
    await kim.page.reload()
    await expect(kim.page.locator(".turn[data-state=running]")).to_be_visible()
    web.gate.set()
    await kim.answered()


async def test_documents_are_added_with_progress_cited_and_taken_out_again(visitors):
    kim = await visitors.come()
    await kim.page.click("#documents")
    dialog = kim.page.locator("dialog.documents")
    await dialog.locator(".primary").click()
    await expect(dialog.get_by_role("status")).to_have_text("더할 파일, 주소, 글이 없어요.")
    await dialog.locator("#doc-text").fill("푸르미안 우산은 삼 년에 한 번 밀랍으로 닦아 말립니다.")
    await dialog.get_by_label("제목").fill("푸르미안 우산 관리")
    await dialog.locator("#doc-urls").fill("http://10.0.0.1/secret.html")
    await dialog.locator(".primary").click()
    added, refused = dialog.locator(".jobs [data-state=added]"), dialog.locator(".jobs [data-state=failed]")
    await expect(added).to_contain_text("푸르미안 우산 관리", **within(300))
    await expect(refused).to_contain_text("10.0.0.1")  # what stands inside the server's network is not fetched
    await expect(dialog.locator("section .files li")).to_contain_text(["푸르미안 우산 관리.md"])
    await kim.page.keyboard.press("Escape")
    await kim.ask("푸르미안 우산은 뭘로 닦아?")
    await kim.answered()
    await expect(kim.page.locator(".answer .text")).to_contain_text("밀랍")
    await kim.page.locator(".text .cite").first.click()
    await expect(kim.page.locator("dialog.quote mark")).to_contain_text("밀랍으로 닦아")
    await kim.page.keyboard.press("Escape")
    await kim.page.click("#documents")
    await dialog.locator("section .files button").first.click()
    await expect(dialog.locator("section .files li")).to_have_count(0)


HARMLESS = """() => ({
  hacked: window.hacked ?? null,
  strange: document.querySelectorAll(
    '#log script, #log iframe, #log [onerror], #threads script, #threads img, dialog script, dialog [onerror], #toast img').length,
  images: [...document.querySelectorAll('#log img, dialog img')]
    .filter((one) => !/^\\/(photos|pictures)\\/|^data:image\\/jpeg/.test(one.getAttribute('src'))).length,
  links: [...document.querySelectorAll('a[href]')].filter((one) => !/^(https?:|#|\\/\\?(thread|piece)=)/.test(one.getAttribute('href'))).length,
  turned: /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText),
  wide: document.documentElement.scrollWidth > innerWidth
    || [...document.querySelectorAll('.scroll, dialog .content')].some((one) => one.scrollWidth > one.clientWidth + 1),
})"""
CALM = {"hacked": None, "strange": 0, "images": 0, "links": 0, "turned": False, "wide": False}


@pytest.mark.parametrize("width", [320, 1280])
async def test_hostile_items_documents_and_titles_are_only_text(visitors, width):
    kim = await visitors.come(viewport={"width": width, "height": 800})
    await kim.ask("무지개 탈춤 두루마기 추천해줘")
    await kim.answered()
    robe = kim.page.locator(".card", has_text="두루마기").first
    await expect(robe.locator(".photo.blank")).to_be_visible()  # ../../etc/passwd is no photo
    assert await robe.locator("a:not([data-inside])").count() == 0, "javascript: is no link"
    assert await kim.evaluate(HARMLESS) == CALM
    await kim.page.evaluate("document.querySelector('#documents').click()")
    guide = {"name": HOSTILE_NAME, "mimeType": "text/markdown", "buffer": HOSTILE_GUIDE.encode()}
    await kim.page.set_input_files("#doc-files", files=[guide])
    await expect(kim.page.locator(".documents .files").first).to_contain_text("<img src=x")
    await kim.page.click(".documents .primary")
    await expect(kim.page.locator(".jobs :is([data-state=added], [data-state=same])")).to_be_visible(**within(300))
    assert await kim.evaluate(HARMLESS) == CALM
    await kim.page.keyboard.press("Escape")
    await kim.ask(f"젤로비의 보관 온도는? {ATTACK}")
    await kim.answered(2)
    await kim.page.locator(".cite").first.click()
    await expect(kim.page.locator("dialog.quote .document")).to_contain_text(GIANT[:200])
    assert await kim.evaluate(HARMLESS) == CALM
    await kim.page.keyboard.press("Escape")
    await kim.page.evaluate("document.querySelector('.begin').click()")
    await kim.ask(f"{ATTACK} 젤로비는 언제 세탁해?")
    await kim.answered()
    await expect(kim.page.locator("#threads a").first).to_contain_text("<img src=x")
    assert await kim.evaluate(HARMLESS) == CALM


async def test_whatever_a_model_says_is_only_text(visitors):
    """A stand-in for the run's stream: it says what no model here can be made to say."""
    words = f"{ATTACK} [click](javascript:window.hacked=6) **bold** `code` https://example.com/x?a=1 [1] [99] \u202e {GIANT}"
    cited = {
        "evidence": "gone",
        "quote": ATTACK,
        "start": 0,
        "end": 5,
        "title": ATTACK,
        "url": "javascript:window.hacked=7",
    }
    item = {
        "id": "../../profile",
        "name": ATTACK,
        "price": ATTACK,
        "image": "x",
        "url": "data:text/html,x",
        "missed": [GIANT],
    }
    item |= {
        "reasons": [{"field": "x", "text": ATTACK}],
        "swatches": [{"name": ATTACK, "hex": "red;background:url(//evil.example)"}],
    }
    notes, routes = [{"code": "x", "text": ATTACK}], [ATTACK]
    reply = said(words, routes=routes, choices=[ATTACK], citations=[cited], recommendations=[item], notes=notes)
    events = [
        {"event": "looking_up", "question": words, "routes": [ATTACK], "queries": {ATTACK: [words]}, "filters": {}}
    ]
    events += [{"event": "draft", "text": words}, {"event": "reply", "reply": reply}]
    kim = await visitors.come()
    await tell(kim, *events)
    await kim.ask("hello")
    await kim.answered()
    await expect(kim.page.locator(".text strong")).to_have_text("bold")
    await expect(kim.page.locator(".text a")).to_have_count(0)  # the evidence knows of no such address
    await expect(kim.page.locator(".text")).to_contain_text("https://example.com/x?a=1")
    await expect(kim.page.locator(".text")).to_contain_text("[99]")
    await kim.page.locator(".cite").first.click()
    await expect(kim.page.locator("dialog.quote mark")).to_have_text(ATTACK)
    assert await kim.evaluate(HARMLESS) == CALM
    assert not kim.elsewhere


@pytest.mark.parametrize(
    ("status", "headers", "says"),
    [
        (413, {}, "너무 커요"),
        (429, {"Retry-After": "2"}, "초 뒤에 다시"),
        (500, {}, "서버의 기록"),
        (422, {}, "받을 수 없는 질문"),
    ],
)
async def test_an_error_says_what_to_do(visitors, status, headers, says):
    kim = await visitors.come()
    answer = {"status": status, "headers": headers, "json": {"detail": "why"}}
    await kim.page.route("**/runs/stream", lambda route: route.fulfill(**answer))
    await kim.ask("안녕")
    await expect(kim.page.locator(".trouble.bad")).to_contain_text(says)
    retry = kim.page.locator(".retry")
    if headers:
        await expect(retry).to_be_disabled()
        await expect(kim.page.locator(".countdown")).to_contain_text("이제 다시 할 수 있어요", **within(6))
    await kim.page.unroute_all()
    await expect(retry).to_be_enabled()
    await retry.click()
    await kim.answered()


async def test_no_rule_of_accessibility_is_broken(visitors):
    for scheme in ("light", "dark"):
        kim = await visitors.come(color_scheme=scheme)
        assert await accessibility(kim.page) == []
        await kim.ask(OUTFIT)
        await kim.answered()
        await kim.ask(CONTEST)
        await kim.answered(2)
        for summary in await kim.page.locator("summary").all():
            await summary.click()
        assert await accessibility(kim.page) == []
        await kim.page.locator(".cite").first.click()
        assert await accessibility(kim.page) == []
        for opener, closer in [("#profile", "Escape"), ("#documents", "Escape")]:
            await kim.page.keyboard.press("Escape")
            await kim.page.click(opener)
            await expect(kim.page.locator("dialog[open]:not(:has([aria-busy]))")).to_be_visible()
            assert await accessibility(kim.page) == []
            await kim.page.keyboard.press(closer)
    phone = await visitors.come(viewport={"width": 360, "height": 740}, locale="en-US")
    await phone.page.click("#menu")
    assert await accessibility(phone.page) == []


async def test_everything_is_reached_by_the_keyboard_alone(visitors):
    kim = await visitors.come()
    await kim.page.keyboard.press("Tab")
    await expect(kim.page.locator(".skip")).to_be_focused()
    await kim.page.keyboard.press("Enter")
    await expect(kim.page.locator("#question")).to_be_focused()
    await kim.page.keyboard.type(CONTEST)
    await kim.page.keyboard.press("Shift+Enter")
    await kim.page.keyboard.type("두 줄로")
    await kim.page.keyboard.press("Enter")
    await kim.answered()
    await expect(kim.page.locator(".question p")).to_have_text(f"{CONTEST}\n두 줄로")
    for _ in range(
        12
    ):  # back over the composer's buttons, what could be asked next and what can be done, to a citation
        await kim.page.keyboard.press("Shift+Tab")
        if await kim.evaluate("document.activeElement.matches('.cite')"):
            break
    await expect(kim.page.locator(".cite:focus")).to_have_count(1)
    await kim.page.locator(".cite").first.focus()
    await kim.page.keyboard.press("Enter")
    await expect(kim.page.locator("dialog.quote")).to_be_visible()
    await kim.page.keyboard.press("Escape")
    await expect(kim.page.locator(".cite").first).to_be_focused()
    await kim.page.get_by_role("button", name="다시 답하기").focus()
    async with kim.page.expect_request("**/runs/stream"):
        await kim.page.keyboard.press("Enter")
    await kim.answered()
    await kim.page.locator("#language").focus()
    await kim.page.keyboard.press("Enter")
    await expect(kim.page.locator("html")).to_have_attribute("lang", "en")


async def test_the_page_speaks_the_language_of_the_browser_and_the_other_when_told(visitors):
    lee = await visitors.come(locale="en-GB")
    await expect(lee.page.locator("#start h2")).to_contain_text("What to wear")
    await lee.ask("How do I wash wool?")
    await lee.answered()
    shown = await lee.page.locator("#log, #composer, .tools .tool:not(#language)").all_inner_texts()
    assert not HANGUL.search("".join(shown).replace("한국어", ""))
    await lee.page.click("#language")
    await expect(lee.page.locator(".how summary")).to_contain_text("이 답이 나온 과정")
    await lee.page.reload()
    await expect(lee.page.locator("#question")).to_have_attribute("placeholder", "무엇이든 물어보세요")
    assert await lee.evaluate(SAME_WORDS) == []


SAME_WORDS = """async () => {
  const { WORDS } = await import('/page/words.js');
  const names = (words, at = '') => Object.entries(words).flatMap(([name, word]) =>
    typeof word === 'object' && !Array.isArray(word) ? names(word, `${at}${name}.`) : [at + name]);
  const korean = new Set(names(WORDS.ko)), english = new Set(names(WORDS.en));
  return [...korean.symmetricDifference(english)];
}"""


async def test_light_and_dark_follow_the_system_or_the_switch(visitors):
    ground = "getComputedStyle(document.body).backgroundColor"
    kim = await visitors.come(color_scheme="dark")
    dark = await kim.evaluate(ground)
    await kim.page.click("#theme")  # light
    light = await kim.evaluate(ground)
    assert light != dark
    await kim.page.reload()
    assert await kim.evaluate(ground) == light
    await kim.page.click("#theme")
    assert await kim.evaluate(ground) == dark


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
async def test_it_fits_every_width(visitors, width):
    kim = await visitors.come(viewport={"width": width, "height": 800})
    await kim.ask(OUTFIT)
    await kim.answered()
    await kim.page.click(".how summary")
    assert not (await kim.evaluate(HARMLESS))["wide"]
    await expect(kim.page.locator("#question")).to_be_in_viewport()
    small = await kim.evaluate(
        "[...document.querySelectorAll('button, a, summary, textarea')].filter((one) => one.checkVisibility() && !one.matches('.skip, .text a, .name'))"
        ".map((one) => one.getBoundingClientRect()).filter((box) => box.width < 24 || box.height < 24).length"
    )
    assert small == 0, "what is tapped has 24 pixels each way (WCAG 2.5.8)"


async def test_it_is_light_and_asks_nothing_of_anybody_else(visitors):
    kim = await visitors.come()
    weight = await kim.evaluate(
        "performance.getEntriesByType('resource').filter((one) => /\\/page\\//.test(one.name)).reduce((sum, one) => sum + one.decodedBodySize, 0)"
    )
    assert 50_000 < weight <= 300_000
    await kim.ask(SUMMER)
    await kim.answered()
    await kim.page.click("#documents")
    assert (kim.elsewhere, kim.wrong) == ([], [])


async def new_tabs_of(kim):
    """A tab of the same browser is not asked for a key, until one of them has signed out."""
    tab = await kim.context.new_page()
    await tab.goto(kim.url)
    await expect(tab.locator("#threads a")).not_to_have_count(0)
    await expect(tab.locator("dialog.key")).to_have_count(0)
    await tab.fill("#question", "A secret")
    assert await tab.evaluate(DRAFTS) == 1
    await tab.click("#leave")
    await expect(tab.locator("dialog.key")).to_be_visible()
    assert await tab.evaluate(DRAFTS) == 0
    await kim.page.reload()
    await expect(kim.page.locator("dialog.key")).to_be_visible()
    await tab.close()


DRAFTS = "Object.keys(sessionStorage).filter((key) => key.startsWith('stylegraph-draft:')).length"


async def somebody_else_at_the_tab_of(kim, keys):
    """Who signs in where somebody else's session has ended finds nothing of theirs."""
    place = kim.page.url
    await kim.page.fill("#question", "A secret")
    await kim.context.clear_cookies()
    await kim.evaluate("dispatchEvent(new Event('key-needed'))")
    await kim.page.fill("#key", keys["lee"])
    await kim.page.press("#key", "Enter")
    await expect(kim.page.locator(".turn")).to_have_count(0)
    await expect(kim.page.locator("#question")).to_have_value("")
    await expect(kim.page.locator("#threads")).to_contain_text("아직 나눈 대화가 없어요")
    assert await kim.evaluate(DRAFTS) == 0
    await kim.page.click("#leave")
    await kim.page.fill("#key", keys["kim"])
    await kim.page.press("#key", "Enter")
    await expect(kim.page.locator("dialog")).to_have_count(0)
    await kim.page.goto(place)
    await kim.answered()


async def test_two_people_with_keys_each_see_their_own(visitors, site):
    """The last test of this file: it starts the server again, as one that knows its users."""
    keys = {"kim": "k" * 32, "lee": "l" * 32}
    await asyncio.to_thread(site.stop)
    site.settings["STYLEGRAPH_SERVER_KEYS"] = json.dumps(keys)
    await asyncio.to_thread(site.start)
    kim = await visitors.come()
    await kim.page.fill("#key", "x" * 32)
    await kim.page.press("#key", "Enter")
    await expect(kim.page.locator("#key-wrong")).to_be_visible()
    await kim.page.fill("#key", keys["kim"])
    await kim.page.press("#key", "Enter")
    await expect(kim.page.locator("dialog")).to_have_count(0)
    assert keys["kim"] not in await kim.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}]) + document.cookie"
    )
    await kim.page.set_input_files("#picture-file", PHOTOS / "jeans.webp")
    await kim.ask("이 바지랑 어울리는 상의 추천해줘")
    await kim.answered()
    photo = kim.page.locator(".card img").first
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    await kim.page.locator(".card .like").first.click()
    await expect(kim.page.locator(".card .like").first).to_have_attribute("aria-pressed", "true")
    await kim.page.reload()
    await kim.answered()
    sent = kim.page.locator(".sent img")
    assert await sent.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    await somebody_else_at_the_tab_of(kim, keys)
    await new_tabs_of(kim)

    note = {"title": "Kimgrass care", "text": "# Kimgrass care\n\nOil it."}
    as_kim, as_lee = ({"Authorization": f"Bearer {keys[user]}"} for user in ("kim", "lee"))
    form = {"assistant_id": "indexing", "input": {"texts": [note]}}
    assert (await kim.context.request.post(f"{kim.url}/runs/wait", headers=as_kim, data=form)).ok
    offered = [
        await (await kim.context.request.get(f"{kim.url}/examples", headers=one)).text() for one in (as_kim, as_lee)
    ]
    assert ["Kimgrass" in text for text in offered] == [True, False]  # a title is its owner's

    lee = await visitors.come()
    await lee.page.fill("#key", keys["lee"])
    await lee.page.press("#key", "Enter")
    await expect(lee.page.locator("#threads")).to_contain_text("아직 나눈 대화가 없어요")
    await lee.page.goto(kim.page.url)
    await expect(lee.page.locator("#toast")).to_contain_text("이 대화가 없어요")
    await lee.page.click("#profile")
    await expect(lee.page.locator("dialog.profile")).to_contain_text("아직 아는 것이 없어요")
    await lee.page.keyboard.press("Escape")
    await lee.page.click(".begin.wide")
    await lee.ask("은방울 꽃수 배자 추천해줘")
    await lee.answered()
    photo = lee.page.locator(".card", has_text="은방울").locator("img")  # a shop's, by way of the server
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
