"""What each way through a turn costs: model calls and trips made one after another, against a scripted server."""

from __future__ import annotations

from pathlib import Path

import pytest
from standins.chat import Fault
from standins.turns import (
    LINEN,
    QUESTION,
    WASH,
    documents,
    fashion,
    graded,
    looked,
    relevance,
    routing,
    shown,
    staged,
    text,
    web,
)

from stylegraph.agent.reply import Status
from stylegraph.graphs.api import ask, stream

PHOTO = Path(__file__).parents[1] / "tools" / "image" / "photos" / "tshirt.webp"
SHIRT = '린넨 셔츠는 39,000원이고 여름에 입기 좋아요 [1].\n---\n[1] "여름에 입는 얇은 셔츠"'
BOTH = (
    "린넨은 찬물에서 중성세제로 빠세요 [1]. 린넨 셔츠는 39,000원이에요 [2].\n---\n"
    '[1] "찬물에서 중성세제로 빤다"\n[2] "가격은 39,000원"'
)
UNGROUNDED = '린넨은 건조기에 돌려도 됩니다 [1].\n---\n[1] "건조기에 돌려도 된다"'
WRONG_LANGUAGE = 'Wash linen in cold water [1].\n---\n[1] "30도 이하의 찬물에서 중성세제로 빤다"'


def cost(reply):
    return reply.spent["model_calls"], reply.spent["sequential_trips"]


async def test_a_good_answer_takes_three_trips_and_four_calls_whatever_the_number_of_passages():
    many = [text("documents", f"린넨 {number}", f"{LINEN} {number}번 자료.") for number in range(12)]
    async with staged(documents(many)) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.notes) == (Status.ANSWERED, [])
    assert cost(reply) == (4, 3)
    assert sorted(stage.server.kinds) == ["grade_answer", "grade_evidence", "route", "write"]
    assert [citation.quote for citation in reply.citations] == ["30도 이하의 찬물에서 중성세제로 빤다"]
    assert reply.text == "린넨은 찬물에서 중성세제로 빠세요 [1]."


async def test_quick_takes_two():
    async with staged() as stage:
        reply = await ask(stage.graph, QUESTION, effort="quick")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (2, 2))
    assert stage.server.kinds == ["route", "write"]


async def test_quick_revises_nothing_and_keeps_to_what_can_be_cited():
    async with staged(write=UNGROUNDED) as stage:
        reply = await ask(stage.graph, QUESTION, effort="quick")
    assert cost(reply) == (2, 2)
    assert "건조기" not in reply.text
    assert {note["code"] for note in reply.notes} == {"model_uncited"}


async def test_thorough_grades_before_it_answers():
    async with staged() as stage:
        reply = await ask(stage.graph, QUESTION, effort="thorough")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (4, 4))
    assert stage.server.kinds == ["route", "grade_evidence", "write", "grade_answer"]
    assert "two or three differently worded queries" in stage.server.seen[0].text


async def test_an_ungrounded_answer_is_written_again_and_told_what_was_wrong():
    async with staged(write=[UNGROUNDED, WASH]) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.text) == (Status.ANSWERED, "린넨은 찬물에서 중성세제로 빠세요 [1].")
    assert reply.spent["revisions"] == 1
    assert cost(reply) == (5, 4)  # what code sees to be ungrounded needs no model to grade it
    assert "건조기에 돌려도 됩니다" in stage.server.of("write")[1].text


async def test_a_gap_that_the_grader_has_no_name_for_is_none():
    async with staged(grade_answer=graded("partly")) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (4, 3))


async def test_a_sentence_that_the_grader_finds_unsupported_is_written_again_for_two_more_trips():
    async with staged(grade_answer=[graded(unsupported=[1]), graded()]) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (6, 5))
    assert stage.server.count("grade_evidence") == 1  # the same evidence is not graded twice


async def test_irrelevant_evidence_is_looked_for_again_in_the_grader_s_words():
    shelf = documents([text("documents", "벨벳", "벨벳은 드라이클리닝한다.")], [text("documents", "린넨", LINEN)])
    async with staged(
        shelf,
        write=['벨벳은 드라이클리닝하세요 [1].\n---\n[1] "벨벳은 드라이클리닝한다"', WASH],
        grade_evidence=[relevance("none"), relevance("full")],
        grade_answer=[graded("no", missing=["린넨 세탁"], queries=["린넨 물세탁 방법"]), graded()],
    ) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (7, 5))
    assert shelf.tasks[1]["queries"] == ["린넨 물세탁 방법"]
    assert "벨벳" not in stage.server.of("write")[1].text.rpartition("<question")[2]


async def test_looking_again_in_vain_grades_nothing_twice_and_tells_the_writer_what_was_missing():
    partly = graded("partly", missing=["건조하는 법"], queries=["린넨 건조"])
    async with staged(grade_answer=[partly, graded()]) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.spent["revisions"], cost(reply)) == (Status.ANSWERED, 1, (6, 5))
    assert stage.server.count("grade_evidence") == 1
    assert "lacked this: 건조하는 법" in stage.server.of("write")[1].text


async def test_the_web_is_asked_when_the_documents_hold_nothing():
    shelf = documents([text("documents", "벨벳", "벨벳은 드라이클리닝한다.")])
    async with staged(
        shelf,
        web(),
        write=["NOTHING: 자료에 없어요.", WASH],
        grade_evidence=[relevance("none"), relevance("full")],
    ) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.spent["web_searches"]) == (Status.ANSWERED, 1)
    assert cost(reply) == (6, 4)  # that it says that there is nothing needs no model to grade it
    assert [citation.evidence.split("-")[0] for citation in reply.citations] == ["web"]


async def test_two_routes_at_once_cost_no_more_than_one():
    async with staged(documents(), fashion(), route=routing("documents", "fashion"), write=BOTH) as stage:
        reply = await ask(stage.graph, "린넨 셔츠 추천하고 세탁법도 알려줘")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (4, 3))
    assert [item.name for item in reply.recommendations] == ["린넨 셔츠"]
    assert len(reply.citations) == 2


async def test_recommended_items_alone_need_no_grading_by_a_model():
    async with staged(fashion(), route=routing("fashion"), write=SHIRT) as stage:
        reply = await ask(stage.graph, "여름 셔츠 추천해줘")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (2, 2))
    assert [(item.name, item.price_krw) for item in reply.recommendations] == [("린넨 셔츠", 39_000)]


async def test_a_picture_costs_a_call_but_no_trip(tmp_path):
    async with staged(
        fashion(),
        documents(),
        route=routing("image", "fashion", "documents"),
        write=BOTH.replace("[1]", "[3]"),  # the picture itself is the first passage
        look=looked(shown("shirt")),
        settings={"home": tmp_path},
    ) as stage:
        reply = await ask(stage.graph, "이거랑 비슷한 린넨 셔츠랑 세탁법 알려줘", image=PHOTO)
    assert cost(reply) == (5, 3)
    assert stage.sources[0].tasks[0]["look"]["category"] == "shirt"


async def test_asking_back_takes_one_trip_and_happens_once_in_a_row():
    back = routing("chat", ask_back="어떤 옷을 말씀하시나요?", choices=["셔츠", "바지"])
    async with staged(route=back) as stage:
        first = await ask(stage.graph, "이거 어떻게 빨아?", thread="t")
        second = await ask(stage.graph, "린넨 셔츠 어떻게 빨아요?", thread="t")
    assert (first.status, first.text, first.choices) == (Status.ASKED_BACK, "어떤 옷을 말씀하시나요?", ["셔츠", "바지"])
    assert cost(first) == (1, 1)
    assert (second.status, cost(second)) == (Status.ANSWERED, (4, 3))
    assert "You asked back last time" in stage.server.of("route")[1].text


async def test_small_talk_takes_two_trips_and_what_is_not_done_is_declined():
    async with staged(route=routing("chat"), chat=["반가워요!", "DECLINED: 코드는 쓰지 않아요."]) as stage:
        hello = await ask(stage.graph, "안녕")
        code = await ask(stage.graph, "파이썬 코드 짜줘")
    assert (hello.status, hello.text, cost(hello)) == (Status.ANSWERED, "반가워요!", (2, 2))
    assert (code.status, code.text) == (Status.DECLINED, "코드는 쓰지 않아요.")


async def test_nothing_to_read_needs_no_model_to_say_so():
    async with staged(documents([])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"revisions": 0})
    assert (reply.status, cost(reply)) == (Status.NOT_FOUND, (1, 1))


async def test_an_answer_in_the_wrong_language_is_caught_without_a_model_and_written_again():
    async with staged(write=[WRONG_LANGUAGE, WASH]) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.language, cost(reply)) == (Status.ANSWERED, "ko", (5, 4))
    assert "한국어" in stage.server.of("write")[1].text.rpartition("<question")[2]


async def test_several_parts_are_looked_for_side_by_side():
    shelf = documents()
    async with staged(shelf, route=routing("documents=린넨 세탁", "documents=울 세탁")) as stage:
        await ask(stage.graph, "린넨이랑 울 세탁법 비교해줘")
    assert shelf.tasks[0]["queries"] == ["린넨 세탁", "울 세탁"]


async def test_a_comparison_is_looked_for_on_both_sides_and_cites_both():
    linen, wool = text("documents", "린넨", LINEN), text("documents", "울", "울은 미지근한 물에서 손으로 빤다.")
    answer = (
        "린넨은 찬물에서 빨고 [1], 울은 미지근한 물에서 손으로 빨아요 [2].\n---\n"
        '[1] "30도 이하의 찬물에서 중성세제로 빤다"\n[2] "미지근한 물에서 손으로 빤다"'
    )
    shelf = documents([linen, wool])
    async with staged(shelf, route=routing("documents=린넨 세탁", "documents=울 세탁"), write=answer) as stage:
        reply = await ask(stage.graph, "린넨이랑 울 세탁법 비교해줘")
    assert {citation.evidence for citation in reply.citations} == {linen["id"], wool["id"]}
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (4, 3))


async def test_a_follow_up_is_searched_for_as_the_question_that_it_stands_for():
    shelf = documents()
    follow_up = routing("documents=린넨 다림질", question="린넨은 어떻게 다려요?")
    async with staged(shelf, route=[routing("documents"), follow_up]) as stage:
        await ask(stage.graph, QUESTION, thread="t")
        await ask(stage.graph, "그럼 다림질은요?", thread="t")
    assert (shelf.tasks[-1]["question"], shelf.tasks[-1]["queries"]) == ("린넨은 어떻게 다려요?", ["린넨 다림질"])
    assert "assistant: 린넨은 찬물에서 중성세제로 빠세요" in stage.server.of("route")[1].text
    assert "린넨은 어떻게 다려요?" in stage.server.of("write")[1].text


async def test_a_long_conversation_is_read_as_a_summary_and_its_newest_messages():
    said = {**routing("documents"), "summary": "린넨을 좋아하고 손빨래만 한다."}
    long = f"{QUESTION} " + "제 옷장 이야기를 길게 해 볼게요. " * 25

    def route(seen):
        asks = "summary" in str(seen.body["response_format"]["json_schema"]["schema"]["required"])
        return said if asks else routing("documents")

    async with staged(route=route) as stage:
        for turn in range(7):
            await ask(stage.graph, f"{turn}번째. {long}", thread="t")
    routed = [seen.text.rpartition("<conversation")[2] for seen in stage.server.of("route")]
    assert "손빨래만" in stage.server.of("route")[-1].text
    assert "0번째" not in routed[-1]
    assert max(map(len, routed)) < 6 * len(long)  # it grows no more


@pytest.mark.parametrize(
    ("calls", "kinds"),
    [
        (0, []),
        (1, ["route"]),
        (2, ["route", "write"]),
        (3, ["grade_evidence", "route", "write"]),
        (4, ["grade_answer", "grade_evidence", "route", "write"]),
        (5, ["grade_answer", "grade_evidence", "route", "write", "write"]),
    ],
)
async def test_when_the_calls_end_the_turn_ends_in_best_effort_and_never_overruns(calls, kinds):
    async with staged(grade_answer=graded("partly", unsupported=[1], missing=["건조"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"model_calls": calls})
    assert sorted(stage.server.kinds) == kinds
    assert reply.status is Status.BEST_EFFORT
    assert reply.spent["model_calls"] == calls
    assert "budget_ended" in {note["code"] for note in reply.notes}
    assert "찬물" in reply.text


@pytest.mark.parametrize("tokens", [1, 400, 1000])
async def test_when_the_tokens_end_no_more_than_what_is_in_flight_is_spent(tokens):
    async with staged(grade_answer=graded("partly", unsupported=[1])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"tokens": tokens})
    last = max(len(seen.prompt.split()) for seen in stage.server.seen)
    assert reply.spent["tokens_in"] + reply.spent["tokens_out"] < tokens + 2 * (last + 60)
    assert reply.status is Status.BEST_EFFORT


async def test_when_the_time_ends_the_call_in_flight_is_given_up():
    async with staged(grade_answer=Fault(hang=30), settings={"model_timeout": 20.0}) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"seconds": 4})
    assert 4 <= reply.spent["seconds"] < 8
    assert (reply.status, reply.text.splitlines()[0]) == (Status.BEST_EFFORT, "린넨은 찬물에서 중성세제로 빠세요 [1].")
    assert stage.server.of("grade_answer")[0].hung_up


async def test_when_the_revisions_end_the_best_draft_is_given_with_what_is_missing():
    async with staged(grade_answer=graded("partly", missing=["건조하는 법"], queries=["린넨 건조"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"revisions": 1})
    assert (reply.status, reply.spent["revisions"]) == (Status.BEST_EFFORT, 1)
    assert "건조하는 법" in reply.text
    assert cost(reply)[1] <= 5


async def test_no_revision_is_made_when_none_is_allowed():
    async with staged(grade_answer=graded("partly", missing=["건조"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"revisions": 0})
    assert (reply.status, cost(reply)) == (Status.BEST_EFFORT, (4, 3))


async def test_the_events_hold_the_draft_as_it_comes_and_nothing_that_is_not_for_people():
    answer = f"NOTHING of this matters {WASH}".replace("NOTHING of this matters ", "")
    async with staged(write=answer) as stage:
        events = [event async for event in stream(stage.graph, QUESTION)]
    drafted = [event["text"] for event in events if event["event"] == "draft"]
    assert "".join(drafted) == "린넨은 찬물에서 중성세제로 빠세요 [1]."
    assert len(drafted) > 3
    assert [event["event"] for event in events if event["event"] != "draft"] == [
        "routed",
        "looking",
        "evidence",
        "graded",
        "reply",
    ]


async def test_no_json_of_a_decision_and_no_quote_reaches_the_message_stream():
    async with staged() as stage:
        config = {"configurable": {"thread_id": "t"}}
        messages = [{"role": "user", "content": QUESTION}]
        chunks = [
            message.text
            async for message, _ in stage.graph.astream({"messages": messages}, config, stream_mode="messages")
        ]
    told = "".join(chunks)
    assert "린넨은 찬물에서" in told
    assert not any(word in told for word in ("searches", "relevance", "unsupported", "---", '"'))


async def test_no_evidence_is_sent_in_full_more_than_twice():
    pieces = [text("documents", f"자료 {number}", f"{number}번 자료다. " + LINEN * 12) for number in range(4)]
    async with staged(documents(pieces)) as stage:
        await ask(stage.graph, QUESTION)
    for piece in pieces:
        assert sum(piece["text"] in seen.text for seen in stage.server.seen) <= 2
