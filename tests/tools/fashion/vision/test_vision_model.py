"""Pictures described by a vision model: what is sent, what is made of the answer, and what happens without one."""

from __future__ import annotations

import base64
import io

import pytest
from picture_parts import PHOTOS
from PIL import Image
from standins.chat import Fault
from standins.turns import fashion, looked, looks_up, shown, staged

from stylegraph.graphs.api import ask
from stylegraph.tools.fashion.vision.network import MODEL
from stylegraph.tools.fashion.vision.vision_model import detail_of

DRESS, JACKET = PHOTOS / "dress.webp", PHOTOS / "jacket.webp"
ASKED = "이 사진이랑 비슷한 거 보여줘"
WRITE = "린넨 셔츠예요 [2.2]."

needs_network = pytest.mark.skipif(not MODEL.exists(), reason="no trained network is in the package yet")


def seeing(*pictures, answer="", **more):
    return {
        "agent": looks_up(WRITE, fashion=ASKED),
        "look": looked(*pictures, answer=answer),
        **more,
    }


async def asked(tmp_path, *sources, question=ASKED, image=DRESS, settings=None, **script):
    shelves = sources or (fashion(),)
    async with staged(*shelves, settings={"home": tmp_path, **(settings or {})}, **script) as stage:
        return (
            await ask(stage.graph, question, image=image),
            stage,
            shelves[0].tasks[0]["seen"][0] if shelves[0].tasks[0]["seen"] else None,
        )


async def test_the_request_has_the_question_and_the_picture_in_openais_form(tmp_path):
    _, stage, _ = await asked(tmp_path, **seeing(shown("dress")))
    body = stage.server.of("look")[0].body
    system, user = body["messages"]
    assert system["role"] == "system"
    assert "Korean" in system["content"]
    text, picture = user["content"]
    assert text["type"] == "text"
    assert ASKED in text["text"]
    assert set(picture) == {"type", "image_url"}
    assert picture["type"] == "image_url"
    assert picture["image_url"]["detail"] == "low"
    head, encoded = picture["image_url"]["url"].split(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as sent:
        assert sent.format == "JPEG"
        assert max(sent.size) <= 512
        assert not sent.getexif()
    schema = body["response_format"]["json_schema"]
    assert schema["strict"]
    assert "dress" in schema["schema"]["$defs"]["_Shown"]["properties"]["category"]["enum"]


async def test_all_pictures_go_in_one_call_each_with_its_number(tmp_path):
    reply, stage, look = await asked(
        tmp_path, image=[DRESS, JACKET], **seeing(shown("dress"), shown("jacket"), answer="원피스와 재킷이에요.")
    )
    [request] = stage.server.of("look")
    kinds = [block.get("text", "")[:10] or block["type"] for block in request.body["messages"][1]["content"]]
    assert kinds[1:] == ["Picture 1:", "image_url", "Picture 2:", "image_url"]
    assert [found["title"] for found in reply.evidence if found["route"] == "image"] == ["사진 1", "사진 2"]
    assert look["category"] == "dress"


@pytest.mark.parametrize(
    ("question", "detail"),
    [
        ("이 옷이랑 어울리는 바지 추천해줘", "low"),
        ("세탁 라벨에 뭐라고 적혀 있어?", "high"),
        ("What does the label say?", "high"),
        ("what goes with this?", "low"),
    ],
)
def test_small_print_is_sent_larger(question, detail):
    assert detail_of(question) == detail


async def test_its_look_reaches_the_sources_and_its_answer_the_evidence(tmp_path):
    seen = shown(
        "coat",
        colours=[{"name": "green", "share": 3}, {"name": "green", "share": 0.5}, {"name": "white", "share": 0.5}],
    )
    reply, _, look = await asked(tmp_path, **seeing(seen, answer="초록색 코트예요."))
    assert (look["category"], look["label"], look["verdict"], look["made_by"]) == (
        "coat",
        "Outwear",
        "garment",
        "a-model",
    )
    assert sum(colour["share"] for colour in look["colours"]) == pytest.approx(1)
    assert [colour["name"] for colour in look["colours"]] == ["green", "white"]
    picture = next(found for found in reply.evidence if found["route"] == "image")
    assert picture["text"].startswith("초록색 코트예요. 사진에 보이는 것은 초록색 린넨 코트예요.")


@needs_network
async def test_the_network_adds_what_a_model_cant_measure(tmp_path):
    _, _, look = await asked(tmp_path, **seeing(shown("dress", colours=[{"name": "red", "share": 1.0}])))
    assert look["embedding"]
    assert look["colours"][0]["hex"] != "#c32a34"  # as seen in the photo, not the name's usual one


async def test_it_costs_a_call_whose_tokens_are_counted(tmp_path):
    reply, stage, _ = await asked(tmp_path, **seeing(shown("dress")))
    assert reply.spent["sequential_trips"] == 4  # to look, to look up, to write, to grade
    assert reply.spent["model_calls"] == stage.server.count()


async def test_where_the_server_counts_no_tokens_a_picture_is_estimated(tmp_path):
    async with staged(fashion(), settings={"home": tmp_path}, **seeing(shown("dress"))) as stage:
        stage.server.usage = False
        state = await stage.graph.ainvoke(
            {"messages": [("user", ASKED)]},
            {"configurable": {"thread_id": "t"}},
            context={"image": "data:;base64," + base64.b64encode(DRESS.read_bytes()).decode()},
        )
        kept = (await stage.graph.aget_state({"configurable": {"thread_id": "t"}})).values
    charge = next(charge for charge in kept["ledger"] if charge["by"] == "look")
    assert 85 + 200 < charge["tokens_in"] < 2_000
    assert state["reply"]["spent"]["tokens_in"] >= charge["tokens_in"]


@needs_network
@pytest.mark.parametrize(
    "fault",
    [
        Fault(400, {"error": {"message": "this model does not take images"}}),
        Fault(500, {"error": {"message": "image input is not supported"}}),
        Fault(refusal="I can't look at this."),
        looked(),
        "no form at all {",
    ],
    ids=["refused", "failed", "refusal", "left out", "formless"],
)
async def test_when_it_fails_the_network_looks_and_the_reply_says_so(tmp_path, fault):
    reply, stage, look = await asked(tmp_path, settings={"model_retries": 0}, **seeing(look=fault))
    assert (look["category"], look["made_by"]) == ("dress", "garments")
    assert [note["code"] for note in reply.notes] in (["model_failed"], ["model_unavailable"])
    assert stage.server.count("agent") == 2  # the model that can't see still writes


async def test_another_model_may_do_the_looking(tmp_path):
    _, stage, look = await asked(tmp_path, settings={"vision_model": "sharp-eyes"}, **seeing(shown("dress")))
    assert stage.server.of("look")[0].body["model"] == "sharp-eyes"
    assert stage.server.of("agent")[0].body["model"] == "a-model"
    assert look["made_by"] == "sharp-eyes"


async def test_a_server_without_schemas_is_told_the_form_and_still_sent_the_picture(tmp_path):
    async with staged(fashion(), settings={"home": tmp_path}, **seeing(shown("dress"))) as stage:
        stage.server.refuses = {"response_format": "response_format is not supported"}
        await ask(stage.graph, ASKED, image=DRESS)
        last = stage.server.of("look")[-1].body["messages"][-1]["content"]
    assert [block["type"] for block in last] == ["text", "image_url", "text"]
    assert "schema" in last[-1]["text"]
