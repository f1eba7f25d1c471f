"""Whole turns about pictures, without a key: everything is real, from the file to the reply."""

from __future__ import annotations

import base64
import json
import re
import shutil
import sqlite3

import pytest
import pytest_asyncio
from homes import with_catalogue, with_samples
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from picture_parts import PHOTOS
from standins.tavily import tavily_server

from stylegraph.agent.errors import InputError
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.assistant import build_assistant
from stylegraph.graphs.build import open_assistant, open_parts
from stylegraph.graphs.nodes.attachments import Receiver
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.vision.network import MODEL, Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.image.store import PictureStore
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.library import IndexFolder

pytestmark = [
    pytest.mark.skipif(not MODEL.exists(), reason="no trained network is in the package yet"),
    pytest.mark.asyncio(loop_scope="module"),
]

ITEMS = {item["id"]: item for item in sample_items()}
JACKET, DRESS, JEANS, SHOES, TSHIRT = (
    PHOTOS / f"{name}.webp" for name in ("jacket", "dress", "jeans", "shoes", "tshirt")
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose samples are indexed once."""
    return with_samples(tmp_path_factory.mktemp("pictures") / "home")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assistant(home):
    async with open_assistant(load_settings(home=home)) as opened:
        yield opened


LEATHER = "# Caring for leather boots\n\nNever wash leather boots in water: wipe them with a barely damp cloth and dry them away from heaters.\n"
TROUSERS, FOOTWEAR = (
    {"jeans", "pants", "shorts", "leggings"},
    {"boots", "sneakers", "heels", "flats", "sandals", "dress-shoes"},
)


def chosen(reply):
    return [ITEMS[item.id] for item in reply.recommendations]


async def test_the_picture_decides_what_is_recommended(assistant):
    asked = "이거랑 비슷한 거 보여줘"
    like_jacket, like_dress = [chosen(await ask(assistant, asked, image=photo)) for photo in (JACKET, DRESS)]
    assert {item["category"] for item in like_jacket} <= {"jacket", "coat", "vest"}
    assert {item["category"] for item in like_dress} == {"dress"}


async def test_what_goes_with_it_is_neither_of_its_kind_nor_in_its_place(assistant):
    reply = await ask(assistant, "what goes with this?", image=DRESS)
    assert reply.routes == ["image", "fashion"]
    assert not {item["category"] for item in chosen(reply)} & {"dress", "skirt", "jeans", "pants", "tshirt", "shirt"}
    trousers = chosen(await ask(assistant, "이 옷이랑 어울리는 바지 추천해줘", image=JACKET))
    assert {item["category"] for item in trousers} <= {"pants", "jeans", "shorts", "leggings"}


async def test_what_goes_with_it_depends_on_the_picture(assistant):
    asked = "이 옷이랑 어울리는 신발 추천해줘"
    smart, casual = [await ask(assistant, asked, image=photo) for photo in (DRESS, JACKET)]
    assert [item.id for item in smart.recommendations] != [item.id for item in casual.recommendations]
    styles = [{style for item in chosen(reply) for style in item["styles"]} for reply in (smart, casual)]
    assert styles[0] & {"feminine", "business-casual"}
    assert "casual" in styles[1]


async def test_like_it_but_cheaper_says_what_it_was_compared_with(assistant):
    reply = await ask(assistant, "이거랑 비슷한데 더 저렴한 거", image=JACKET)
    prices = [item.price_krw for item in reply.recommendations]
    reasons = " ".join(reason.text for item in reply.recommendations for reason in item.reasons)
    assert "사진 속 옷" in reasons
    everything = sorted(item["price_krw"] for item in ITEMS.values() if item["category"] == "jacket")
    assert sum(prices) / len(prices) < sum(everything) / len(everything)


async def test_a_picture_and_its_care_in_one_question(assistant):
    reply = await ask(assistant, "what is this and how do I wash it?", image=JEANS)
    assert (reply.routes, reply.status) == (["image", "documents"], Status.ANSWERED)
    assert "jeans" in reply.text.partition("Your documents")[0].lower()
    assert any("wash" in citation.quote.lower() and "jean" in citation.quote.lower() for citation in reply.citations)


@pytest.mark.parametrize("asked", ["what is this and how do I wash it?", "이게 뭐고 어떻게 빨아?"])
async def test_no_guide_to_another_garment_says_how_to_wash_it(assistant, asked):
    others = {
        DRESS: {
            "Washing and wearing jeans",
            "Washing and ironing silk",
            "흰 셔츠의 누런 때 없애기",
            "울 니트, 집에서 줄지 않게 빨기",
        },
        SHOES: {"Washing and wearing jeans", "운동화 세탁과 관리", "패딩과 다운 점퍼 세탁하기"},
        TSHIRT: {"Washing and wearing jeans", "Looking after linen", "흰 셔츠의 누런 때 없애기"},
    }
    for photo, titles in others.items():
        reply = await ask(assistant, asked, image=photo)
        assert "documents" in reply.routes
        assert not titles & {citation.title for citation in reply.citations}


async def test_leather_boots_are_answered_by_the_leather_guide(assistant):
    reply = await ask(assistant, "이거 뭐예요? 세탁은 어떻게 해요?", image=SHOES)
    assert {citation.title for citation in reply.citations} >= {"사진", "Caring for leather and suede"}


async def test_whether_it_is_in_fashion_is_said_to_need_the_web(assistant):
    reply = await ask(assistant, "is this in fashion now?", image=SHOES)
    assert reply.routes[:2] == ["image", "web"]
    assert [note["code"] for note in reply.notes] == ["web_unavailable"]


async def test_the_web_is_asked_by_the_name_of_what_is_seen(home):
    async with tavily_server() as tavily:
        settings = load_settings(home=home, tavily_base_url=tavily.url, tavily_api_key="key")
        async with open_assistant(settings) as assistant:
            for question, photo, name in (
                ("is this in fashion now?", SHOES, "leather boots"),
                ("이거 요즘 유행이야?", DRESS, "빨간색 원피스"),
            ):
                tavily.asked.clear()
                reply = await ask(assistant, question, image=photo)
                assert reply.routes[:2] == ["image", "web"]
                queries = [body["query"] for path, body in tavily.asked if path == "/search"]
                assert queries
                assert all(name in query for query in queries)


async def test_what_is_seen_is_cited(assistant):
    reply = await ask(assistant, "이 옷 뭐야?", image=DRESS)
    assert (reply.routes, reply.status) == (["image"], Status.ANSWERED)
    assert "원피스" in reply.text
    assert {citation.title for citation in reply.citations} == {"사진"}


async def test_a_picture_without_words_is_a_question_too(assistant):
    message = HumanMessage([block(DRESS)])
    state = await assistant.ainvoke({"messages": [message]}, {"configurable": {"thread_id": "wordless"}})
    assert "원피스" in state["reply"]["text"]


def block(photo):
    url = f"data:image/webp;base64,{base64.b64encode(photo.read_bytes()).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


async def test_pictures_in_messages_are_taken_out_of_the_conversation(assistant):
    message = HumanMessage([{"type": "text", "text": "What is this?"}, block(TSHIRT)])
    config = {"configurable": {"thread_id": "blocks"}}
    state = await assistant.ainvoke({"messages": [message]}, config)
    assert "T-shirt" in state["reply"]["text"]
    kept = (await assistant.aget_state(config)).values
    assert kept["messages"][0].content == "What is this?"
    assert kept["messages"][0].additional_kwargs["pictures"] == kept["pictures"]
    assert len(kept["messages"]) == 2


async def test_a_message_may_not_name_a_file_of_this_machine(assistant):
    for source in (str(DRESS), f"file://{DRESS}"):
        with pytest.raises(InputError, match=r"can't be followed"):
            await assistant.ainvoke(
                {"messages": [HumanMessage("what is this?")]},
                {"configurable": {"thread_id": "named"}},
                context={"image": source},
            )


async def test_the_picture_is_still_known_a_turn_and_a_restart_later(home, assistant):
    settings = load_settings(home=home)
    await ask(assistant, "이 옷 뭐야?", image=JACKET, thread="later")
    trousers = await ask(assistant, "이거랑 어울리는 바지 추천해줘", thread="later")
    async with open_assistant(settings) as second:
        again = await ask(second, "아까 그 사진이랑 비슷한 거 보여줘", thread="later")
        other = await ask(second, "린넨은 어떻게 빨아요?", thread="later")
    assert "재킷" in trousers.text
    assert chosen(trousers)[0]["category"] in {"pants", "jeans", "shorts", "leggings"}
    assert {item["category"] for item in chosen(again)} <= {"jacket", "coat", "vest"}
    assert "image" not in other.routes


async def test_a_picture_that_is_no_longer_kept_is_said_to_be_gone(home, assistant):
    await ask(assistant, "이 옷 뭐야?", image=SHOES, thread="gone", user="kim")
    await PictureStore(load_settings(home=home)).forget("kim")
    reply = await ask(assistant, "그 사진 속 신발은 무슨 색이야?", thread="gone", user="kim")
    assert [note["code"] for note in reply.notes] == ["image_unreadable"]
    assert "다시" in reply.notes[0]["text"]


async def test_several_pictures_are_told_apart(assistant):
    pair = [JACKET, DRESS]
    both = await ask(assistant, "이 옷들 뭐야?", image=pair)
    assert "사진 1에 보이는 것은 파란색" in both.text
    assert "사진 2에 보이는 것은 빨간색" in both.text
    for asked, kinds in (("첫 번째", {"jacket", "coat", "vest"}), ("두 번째", {"dress"})):
        reply = await ask(assistant, f"{asked} 사진이랑 비슷한 거 보여줘", image=pair)
        assert {item["category"] for item in chosen(reply)} <= kinds


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        ("How do I wash these?", "Picture {n}, "),
        ("이것들은 어떻게 세탁해?", "사진 {n}, "),
    ],
)
async def test_documents_are_asked_about_each_of_several_pictures(assistant, asked, called):
    reply = await ask(assistant, asked, image=[JEANS, SHOES])
    assert (reply.routes, reply.status) == (["image", "documents"], Status.ANSWERED)
    text = reply.text[reply.text.index(called.format(n=1)) :]
    of_jeans, of_shoes = text.split(called.format(n=2))
    cited = [{reply.citations[number - 1].title for number in numbers_in(part)} for part in (of_jeans, of_shoes)]
    assert "Washing and wearing jeans" in cited[0]
    assert "Caring for leather and suede" in cited[1]
    assert cited[0].isdisjoint(cited[1])
    assert all(citation.quote in evidence_of(reply, citation)["text"] for citation in reply.citations)
    found = {title: {number for piece in reply.evidence if piece["title"] == title for number in piece["data"].get("pictures", [])}
             for title in ("Washing and wearing jeans", "Caring for leather and suede")}  # fmt: skip
    assert list(found.values()) == [{1}, {2}]


def numbers_in(text):
    return {int(number) for number in re.findall(r"\[(\d+)\]", text)}


def evidence_of(reply, citation):
    return next(piece for piece in reply.evidence if piece["id"] == citation.evidence)


async def test_the_order_of_the_pictures_is_that_of_the_answer(assistant):
    reply = await ask(assistant, "How do I wash these?", image=[SHOES, JEANS])
    of_shoes, of_jeans = reply.text[reply.text.index("Picture 1, ") :].split("Picture 2, ")
    assert "jean" in of_jeans.lower()
    assert "jean" not in of_shoes.lower()


async def test_what_is_not_known_of_one_of_them_is_said_of_that_one(tmp_path):
    settings = load_settings(home=with_catalogue(tmp_path / "home"), samples=False)
    (tmp_path / "leather.md").write_text(LEATHER, "utf-8")
    folder = IndexFolder(settings.indexes, LocalEmbedder())
    await ingest(await folder.index("default"), [str(tmp_path / "leather.md")], settings=settings)
    await folder.close()
    async with open_assistant(settings) as assistant:
        reply = await ask(assistant, "How do I wash these?", image=[DRESS, SHOES])
    of_dress, of_shoes = reply.text[reply.text.index("Picture 1, ") :].split("Picture 2, ")
    assert "I found nothing about it" in of_dress
    assert numbers_in(of_shoes)
    assert reply.status is Status.BEST_EFFORT
    assert reply.grade.missing == ["How do I wash dress?"]


async def test_the_one_that_the_words_name_is_the_one_that_is_meant(assistant):
    reply = await ask(assistant, "how do I wash the jeans?", image=[SHOES, JEANS])
    assert {"Washing and wearing jeans"} <= {citation.title for citation in reply.citations}
    assert "Caring for leather and suede" not in {citation.title for citation in reply.citations}
    assert "Picture 1, " not in reply.text


async def test_what_goes_with_several_is_in_the_place_of_none_of_them(assistant):
    tops = await ask(assistant, "what goes with these two?", image=[JEANS, SHOES])
    assert chosen(tops)
    assert not {item["category"] for item in chosen(tops)} & {*TROUSERS, "skirt", "dress", *FOOTWEAR}
    outfit = await ask(assistant, "이 두 가지로 코디해줘", image=[JEANS, SHOES])
    assert {piece.slot for piece in outfit.item_set.pieces} & {"top"}
    assert not {piece.slot for piece in outfit.item_set.pieces} & {"bottom", "dress", "shoes"}
    alike = await ask(assistant, "이것들이랑 비슷한 거 보여줘", image=[DRESS, JEANS])
    assert {item["category"] for item in chosen(alike)} >= {"dress", "jeans"}


async def test_the_web_is_asked_about_each_of_them(home):
    async with tavily_server() as tavily:
        settings = load_settings(home=home, tavily_base_url=tavily.url, tavily_api_key="key")
        async with open_assistant(settings) as assistant:
            await ask(assistant, "are these in fashion now?", image=[SHOES, DRESS])
            queries = [body["query"] for path, body in tavily.asked if path == "/search"]
    assert any("leather boots" in query for query in queries)
    assert any("red dress" in query for query in queries)


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "empty"), (b"just text", "text"), (DRESS.read_bytes()[:300], "cut short")]
)
async def test_a_picture_that_cant_be_read_is_refused_and_says_why(assistant, tmp_path, content, why):
    (tmp_path / "broken.jpg").write_bytes(content)
    with pytest.raises(InputError, match=why) as refused:
        await ask(assistant, "이게 뭐야?", image=tmp_path / "broken.jpg")
    assert refused.value.remedy


async def test_without_the_network_the_words_are_answered_and_the_note_says_so(home, tmp_path):
    settings = load_settings(home=home)
    async with open_parts(settings) as parts:
        blind = {**vars(parts), "viewer": PictureViewer(settings, Garments(tmp_path / "missing.onnx"))}
        graph = build_assistant(type(parts)(**blind)).compile(checkpointer=InMemorySaver())
        reply = await ask(graph, "울 니트는 어떻게 빨아요?", image=DRESS)
    assert [note["code"] for note in reply.notes] == ["image_unseen"]
    assert {citation.title for citation in reply.citations} == {"울 니트, 집에서 줄지 않게 빨기"}


async def test_ten_turns_with_ten_photos_make_a_small_checkpoint(home, assistant, tmp_path):
    photos = sorted(PHOTOS.glob("*.webp"))
    for turn in range(10):
        large = tmp_path / f"{turn}.webp"
        shutil.copy(photos[turn % len(photos)], large)
        await ask(assistant, "이 옷 뭐야? 어울리는 옷도 추천해줘", image=large, thread="ten")
    with sqlite3.connect(home / "threads.sqlite") as threads:
        sizes = [
            len(row[0]) + len(row[1])
            for row in threads.execute("select checkpoint, metadata from checkpoints where thread_id = 'ten'")
        ]
        writes = threads.execute("select coalesce(sum(length(value)), 0) from writes where thread_id = 'ten'")
        assert next(writes)[0] < 200_000
    assert max(sizes) <= 200_000
    kept = (await assistant.aget_state({"configurable": {"thread_id": "ten"}})).values
    assert "base64" not in json.dumps(kept, default=str)


async def test_a_picture_before_a_supervisors_hand_off_is_the_questions(tmp_path):
    settings = load_settings(_env_file=None, home=tmp_path / "home")
    data = base64.b64encode(TSHIRT.read_bytes()).decode()
    asked = HumanMessage(
        content=[
            {"type": "text", "text": "How do I wash this?"},
            {"type": "image", "base64": data, "mime_type": "image/webp"},
        ],
        id="asked",
    )
    hand_off = [
        AIMessage("", tool_calls=[{"name": "transfer_to_stylegraph", "args": {}, "id": "1"}]),
        ToolMessage("Successfully transferred to stylegraph", tool_call_id="1"),
    ]
    received = await Receiver(settings).receive({"messages": [asked, *hand_off]}, {}, "local")
    assert (received.asked, len(received.sent)) == ("How do I wash this?", 1)
    [kept] = received.messages
    assert (kept.id, kept.content, kept.additional_kwargs["pictures"]) == (
        "asked",
        "How do I wash this?",
        received.sent,
    )


PDF = base64.b64encode(b"%PDF-1.7 canary").decode()
FILES = [
    {"type": "file", "file": {"filename": "report.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}},
    {"type": "file", "base64": PDF, "mime_type": "application/pdf", "filename": "report.pdf"},
    {"type": "input_file", "filename": "report.pdf", "file_data": PDF},
    {"type": "document", "source": {"type": "base64", "media_type": "report.pdf", "data": PDF}},
    {"type": "audio", "base64": PDF, "mime_type": "report.pdf"},
]


@pytest.mark.parametrize("sent", FILES, ids=lambda sent: sent["type"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("이 파일 요약해줘", "stylegraph index"),
        ("이거 뭐라고 쓰여 있어?", "stylegraph index"),
        ("How many days of holiday does this document give me?", "stylegraph index"),
    ],
)
async def test_a_file_is_said_not_to_be_read_and_what_to_do(assistant, sent, asked, said):
    config = {"configurable": {"thread_id": f"file-{sent['type']}-{asked}"}}
    message = HumanMessage([{"type": "text", "text": asked}, sent])
    state = await assistant.ainvoke({"messages": [message]}, config)
    reply = state["reply"]
    (note,) = [note for note in reply["notes"] if note["code"] == "file_not_read"]
    assert "report.pdf" in note["text"]
    assert said in note["text"]
    assert "No picture came" not in reply["text"]
    assert "사진이 없" not in reply["text"]
    assert reply["status"] != "not_found"
    kept = (await assistant.aget_state(config)).values["messages"]
    assert kept[0].content == asked
    again = await assistant.ainvoke({"messages": [kept[0]]}, {"configurable": {"thread_id": f"{asked}-again"}})
    assert note in again["reply"]["notes"]


async def test_a_file_without_words_is_refused_with_what_to_do(assistant):
    with pytest.raises(InputError, match=r"report\.pdf.*stylegraph index"):
        await assistant.ainvoke({"messages": [HumanMessage([FILES[0]])]}, {"configurable": {"thread_id": "alone"}})
