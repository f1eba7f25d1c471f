"""What each way through a turn costs: model calls and trips made one after another, against a scripted server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.types import Command
from pydantic import BaseModel
from standins.chat import Calls, Fault, calls, per_turn
from standins.turns import (
    LINEN,
    QUESTION,
    WASH,
    WASHED,
    documents,
    fashion,
    form,
    graded,
    looked,
    looks_up,
    shown,
    staged,
    text,
    web,
)

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.reply import Status
from stylegraph.graphs.api import ask, stream

PHOTO = Path(__file__).parents[1] / "tools" / "image" / "photos" / "tshirt.webp"
SHIRT = "린넨 셔츠는 39,000원이고 여름에 입기 좋아요 [1.1-3]."
BOTH = "린넨은 찬물에서 중성세제로 빠세요 [1.1]. 린넨 셔츠는 39,000원이에요 [2.3]."
WRONG = "린넨은 건조기에 돌려도 됩니다 [1.2]."
BORNE = "린넨은 30도 이하의 찬물에서 중성세제로 빤다."


def cost(reply):
    return reply.spent["model_calls"], reply.spent["sequential_trips"]


def codes(reply):
    return {note["code"] for note in reply.notes}


def quotes(reply):
    return [citation.quote for citation in reply.citations]


async def test_a_look_up_takes_three_trips_whatever_the_number_of_passages():
    many = [text("documents", f"린넨 {number}", f"{LINEN} {number}번 자료.") for number in range(12)]
    async with staged(documents(many)) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.notes, reply.text) == (Status.ANSWERED, [], WASHED)
    assert cost(reply) == (3, 3)
    assert stage.server.kinds == ["agent", "agent", "grade"]
    assert quotes(reply) == [BORNE]


@pytest.mark.parametrize(("said", "trips"), [(WASH, 2), (WRONG, 3)], ids=["borne", "doubtful"])
async def test_standard_takes_two_and_a_third_where_code_has_a_doubt(said, trips):
    async with staged(agent=looks_up(said)) as stage:
        reply = await ask(stage.graph, QUESTION, effort="standard")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (trips, trips))


async def test_quick_takes_two():
    async with staged() as stage:
        reply = await ask(stage.graph, QUESTION, effort="quick")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (2, 2))
    assert stage.server.kinds == ["agent", "agent"]


async def test_quick_revises_nothing():
    async with staged(agent=looks_up("린넨은 건조기에 돌려도 됩니다 [7.1].")) as stage:
        reply = await ask(stage.graph, QUESTION, effort="quick")
    assert cost(reply) == (2, 2)
    assert reply.status is Status.BEST_EFFORT  # code saw that it cites what there is not
    assert reply.citations == []


async def test_each_further_look_up_takes_one_trip():
    again = per_turn(calls(documents="린넨"), calls(documents="linen care"), calls(documents="아마 세탁"), WASH)
    shelf = documents()
    async with staged(shelf, agent=again) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (5, 5))
    assert [task["queries"] for task in shelf.tasks] == [["린넨"], ["linen care"], ["아마 세탁"]]


async def test_look_ups_side_by_side_cost_no_more_than_one():
    both = per_turn(calls(documents="린넨 세탁", fashion="린넨 셔츠"), BOTH)
    async with staged(documents(), fashion(), agent=both) as stage:
        reply = await ask(stage.graph, "린넨 셔츠 추천하고 세탁법도 알려줘")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (3, 3))
    assert [item.name for item in reply.recommendations] == ["린넨 셔츠"]
    assert sorted(reply.routes) == ["documents", "fashion"]
    assert len(reply.citations) == 2


async def test_small_talk_takes_one_trip_and_what_is_not_done_is_declined():
    async with staged(agent=["반가워요!", "DECLINED: 코드는 쓰지 않아요."]) as stage:
        hello = await ask(stage.graph, "안녕")
        code = await ask(stage.graph, "파이썬 코드 짜줘")
    assert (hello.status, hello.text, cost(hello), hello.routes) == (Status.ANSWERED, "반가워요!", (1, 1), ["chat"])
    assert (code.status, code.text, cost(code)) == (Status.DECLINED, "코드는 쓰지 않아요.", (1, 1))


async def test_what_was_just_said_is_rewritten_in_one_trip():
    first, then = looks_up(), "- 찬물에서\n- 중성세제로"
    async with staged(agent=lambda seen: then if "목록으로" in seen.last else first(seen)) as stage:
        await ask(stage.graph, QUESTION, thread="t")
        reply = await ask(stage.graph, "목록으로 바꿔 줘", thread="t")
    assert (reply.status, reply.text, cost(reply)) == (Status.ANSWERED, then, (1, 1))
    asked = stage.server.seen[-1].body["messages"]
    assert [message["content"] for message in asked[1:3]] == [QUESTION, "린넨은 찬물에서 중성세제로 빠세요."]


async def test_a_draft_that_is_not_borne_is_mended_for_two_more_trips_and_told_what_was_wrong():
    async with staged(agent=looks_up(WRONG, WASH), grade=[graded(unsupported=[1]), graded()]) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.text, reply.spent["revisions"]) == (Status.ANSWERED, WASHED, 1)
    assert cost(reply) == (5, 5)
    assert "- 린넨은 건조기에 돌려도 됩니다 [1]." in stage.server.of("agent")[2].last


async def test_what_code_sees_to_be_borne_is_not_sent_back():
    async with staged(agent=looks_up(f"{BORNE[:-1]} [1.1]."), grade=graded(unsupported=[1])) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (3, 3))


async def test_a_gap_that_the_grader_has_no_name_for_is_none():
    async with staged(grade=graded("partly")) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (3, 3))


async def test_what_is_missing_may_be_looked_up_in_other_words():
    shelf = documents([text("documents", "벨벳", "벨벳은 드라이클리닝한다.")], [text("documents", "린넨", LINEN)])
    agent = per_turn(
        calls(documents=QUESTION),
        "벨벳은 드라이클리닝하세요 [1.1].",
        calls(documents="린넨 물세탁"),
        WASH.replace("1.1", "2.1"),
    )
    async with staged(shelf, agent=agent, grade=[graded("no", missing=["린넨 세탁"]), graded()]) as stage:
        events = [event async for event in stream(stage.graph, QUESTION)]
    reply = events[-1]["reply"]
    assert (reply["status"], reply["text"], reply["spent"]["model_calls"]) == ("answered", WASHED, 6)
    assert shelf.tasks[1]["queries"] == ["린넨 물세탁"]
    assert "Asked and not answered: 린넨 세탁." in stage.server.of("agent")[2].last
    assert [event["event"] for event in events if event["event"] not in ("draft", "looking", "evidence")] == [
        "looking_up", "graded", "revising", "looking_up", "graded", "reply",
    ]  # fmt: skip
    assert next(event for event in events if event["event"] == "revising")["action"] == "widen"


async def test_a_mended_draft_that_says_less_does_not_replace_the_one_before():
    full = f"{BORNE[:-1]} [1.1]. 표백제는 쓰지 마세요 [1.2]. 건조기에 돌려도 됩니다 [1.2]."
    grades = [graded(unsupported=[3]), graded("partly", missing=["온도"]), graded("partly", missing=["온도"])]
    async with staged(agent=looks_up(full, "찬물에 빠세요 [1.1]."), grade=grades) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"revisions": 1})
    assert reply.status is Status.BEST_EFFORT
    assert "표백제는 쓰지 마세요" in reply.text


async def test_the_better_draft_is_kept_when_the_mending_fails():
    async with staged(agent=looks_up(WRONG, Fault(500, {})), grade=graded(unsupported=[1])) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert "model_unavailable" in codes(reply)
    assert reply.status in (Status.ANSWERED, Status.BEST_EFFORT)
    assert "찬물" in reply.text or "건조기" in reply.text


async def test_nothing_found_is_said_without_a_grade():
    async with staged(documents([]), agent=looks_up("NOT_FOUND: 자료를 찾아봤지만 없어요.")) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.text, cost(reply)) == (Status.NOT_FOUND, "자료를 찾아봤지만 없어요.", (2, 2))
    assert "Nothing was found." in stage.server.seen[1].text


async def test_the_web_may_be_asked_when_the_documents_hold_nothing():
    agent = per_turn(calls(documents="린넨"), calls(web="린넨 세탁"), WASH)
    async with staged(documents([]), web(), agent=agent) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.spent["web_searches"], cost(reply)) == (Status.ANSWERED, 1, (4, 4))
    assert [citation.evidence.split("-")[0] for citation in reply.citations] == ["web"]


async def test_recommended_items_are_shown_with_their_own_facts():
    async with staged(fashion(), agent=looks_up(SHIRT, fashion="여름 셔츠")) as stage:
        reply = await ask(stage.graph, "여름 셔츠 추천해줘")
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (3, 3))
    assert [(item.name, item.price_krw) for item in reply.recommendations] == [("린넨 셔츠", 39_000)]


async def test_a_picture_is_looked_at_first_and_reaches_the_sources(tmp_path):
    agent = per_turn(calls(fashion="린넨 셔츠", documents="린넨 세탁"), "린넨은 찬물에서 빠세요 [2.1].")
    async with staged(
        fashion([]), documents(), agent=agent, look=looked(shown("shirt")), settings={"home": tmp_path}
    ) as stage:
        reply = await ask(stage.graph, "이거랑 비슷한 린넨 셔츠랑 세탁법 알려줘", image=PHOTO)
    assert cost(reply) == (4, 4)
    assert stage.server.kinds == ["look", "agent", "agent", "grade"]
    assert stage.sources[0].tasks[0]["seen"][0]["category"] == "shirt"
    assert "[1] " in stage.server.of("agent")[0].last  # what the picture shows is the first passage
    assert quotes(reply) == [BORNE]


BACK = calls(ask_person={"question": "어떤 옷을 말씀하시나요?", "choices": ["셔츠", "바지"]})


async def test_asking_back_takes_one_trip_and_happens_once_in_a_row():
    washing = per_turn(BACK, "옷감을 몰라도 찬물이 안전해요.")
    async with staged(agent=lambda seen: BACK if "ask_person" in seen.tools else washing(seen)) as stage:
        first = await ask(stage.graph, "이거 어떻게 빨아?", thread="t")
        second = await ask(stage.graph, "몰라", thread="t")
    assert (first.status, first.text, first.choices) == (Status.ASKED_BACK, "어떤 옷을 말씀하시나요?", ["셔츠", "바지"])
    assert cost(first) == (1, 1)
    assert second.status is Status.ANSWERED
    assert [message["content"] for message in stage.server.seen[1].body["messages"][1:3]] == [
        "이거 어떻게 빨아?",
        "어떤 옷을 말씀하시나요?",
    ]


async def test_a_question_back_may_wait_for_its_answer_and_the_turn_goes_on():
    async with staged(agent=[BACK, calls(documents="린넨 셔츠 세탁"), WASH]) as stage:
        config, context = {"configurable": {"thread_id": "t"}}, {"ask_back": "interrupt"}
        said = {"messages": [{"role": "user", "content": "이거 어떻게 빨아?"}]}
        waiting = await stage.graph.ainvoke(said, config, context=context)
        (asked,) = waiting["__interrupt__"]
        done = await stage.graph.ainvoke(Command(resume="린넨 셔츠요"), config, context=context)
    assert asked.value["question"] == "어떤 옷을 말씀하시나요?"
    assert asked.value["response_schema"]["examples"] == ["셔츠", "바지"]
    assert (done["reply"]["status"], done["reply"]["text"]) == ("answered", WASHED)
    assert [message.text for message in done["messages"]] == [
        "이거 어떻게 빨아?",
        BACK.calls[0][1]["question"],
        "린넨 셔츠요",
        WASHED,
    ]
    assert stage.server.seen[1].last.endswith("린넨 셔츠요")
    assert "ask_person" not in stage.server.seen[1].tools  # it was asked back once


async def test_a_comparison_is_looked_up_on_both_sides_and_cites_both():
    linen, wool = text("documents", "린넨", LINEN), text("documents", "울", "울은 미지근한 물에서 손으로 빤다.")
    shelf = documents([linen], [wool])
    agent = per_turn(
        calls(documents=["린넨 세탁", "울 세탁"]), "린넨은 찬물에서 빨고 [1.1], 울은 미지근한 물에서 빨아요 [2.1]."
    )
    async with staged(shelf, agent=agent) as stage:
        reply = await ask(stage.graph, "린넨이랑 울 세탁법 비교해줘")
    assert {citation.evidence for citation in reply.citations} == {linen["id"], wool["id"]}
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (3, 3))


async def test_a_follow_up_is_asked_with_the_conversation_before_it():
    shelf = documents()
    follow_up = per_turn(calls(documents="린넨 다림질"), WASH)
    first = looks_up()
    async with staged(shelf, agent=lambda seen: (follow_up if "다림질은요" in seen.text else first)(seen)) as stage:
        await ask(stage.graph, QUESTION, thread="t")
        reply = await ask(stage.graph, "그럼 다림질은요?", thread="t")
    assert shelf.tasks[-1]["queries"] == ["린넨 다림질"]
    assert stage.server.seen[-1].kind == "grade"
    assert f"(asked before: {QUESTION})" in stage.server.seen[-1].text
    assert reply.status is Status.ANSWERED
    assert quotes(reply) == [BORNE]


async def test_a_long_conversation_is_read_as_a_summary_and_its_newest_messages():
    def grade(seen):
        asks = "summary" in str(seen.body["response_format"]["json_schema"]["schema"]["required"])
        return {**graded(), "summary": "린넨을 좋아하고 손빨래만 한다."} if asks else graded()

    long = f"{QUESTION} " + "제 옷장 이야기를 길게 해 볼게요. " * 25
    async with staged(grade=grade, settings={"context_tokens": 1_000}) as stage:
        for turn in range(7):
            await ask(stage.graph, f"{turn}번째. {long}", thread="t")
    last = stage.server.of("agent")[-1]
    assert "손빨래만" in last.text
    assert "0번째" not in last.text
    assert max(len(seen.text) for seen in stage.server.of("agent")) < 6 * len(long)  # it grows no more


async def test_items_shown_last_can_be_talked_about_without_a_look_up():
    class Remembering(type(fashion())):
        async def recall(self, task):
            return [piece for piece in self.gives[0] if task["shown"]]

    shelf = Remembering("fashion", "recommend", [list(fashion().gives[0])])
    first = looks_up(SHIRT, fashion="여름 셔츠")
    about = "39,000원이에요 [1.3]."
    async with staged(shelf, agent=lambda seen: about if "얼마" in seen.last else first(seen)) as stage:
        await ask(stage.graph, "여름 셔츠 추천해줘", thread="t")
        reply = await ask(stage.graph, "그거 얼마였지?", thread="t")
    assert (reply.text, len(shelf.tasks)) == ("39,000원이에요 [1].", 1)
    assert [(item.name, item.price_krw) for item in reply.recommendations] == [("린넨 셔츠", 39_000)]
    assert cost(reply) == (2, 2)


async def test_what_is_found_twice_keeps_its_number():
    shelf = documents(
        [text("documents", "린넨", LINEN)],
        [text("documents", "울", "울은 손으로 빤다."), text("documents", "린넨", LINEN)],
    )
    agent = per_turn(calls(documents="린넨"), calls(documents="울"), "린넨은 찬물에 [1.1], 울은 손으로 빨아요 [2.1].")
    async with staged(shelf, agent=agent) as stage:
        reply = await ask(stage.graph, "린넨이랑 울은?")
    assert quotes(reply) == [BORNE, "울은 손으로 빤다."]
    assert "Also found, shown above: [1]." in stage.server.of("agent")[2].text


class Weather:
    """A user's own source, with arguments of its own."""

    name, node, description, examples = "weather", "forecast", "The weather.", ("오늘 비 와?",)

    class args_schema(BaseModel):  # noqa: N801 - the protocol's name
        city: str
        days: int = 1

    def __init__(self) -> None:
        self.tasks: list[Any] = []

    async def gather(self, state):
        self.tasks.append(state)
        return {
            "evidence": [make_evidence("weather", "서울", "내일 서울은 영하 5도다.")],
            "remarks": ["어제보다 춥다."],
        }


async def test_one_sources_result_shapes_the_next_query_and_own_arguments_arrive():
    weather, shelf = Weather(), fashion()

    def agent(seen):
        if seen.begins:
            return calls(weather={"city": "서울", "days": 2})
        if "린넨 셔츠" not in seen.text:
            assert "영하 5도" in seen.last
            assert "어제보다 춥다." in seen.last
            return calls(fashion="영하 5도에 입을 옷")
        return "내일은 영하 5도예요 [1.1]. 린넨 셔츠는 39,000원이에요 [2.3]."

    async with staged(weather, shelf, agent=agent) as stage:
        reply = await ask(stage.graph, "내일 서울에서 뭐 입지?")
    assert weather.tasks[0]["arguments"] == {"city": "서울", "days": 2}
    assert shelf.tasks[0]["queries"] == ["영하 5도에 입을 옷"]
    assert (reply.status, cost(reply)) == (Status.ANSWERED, (4, 4))
    assert set(reply.routes) == {"weather", "fashion"}


async def test_a_server_without_tools_is_asked_for_the_same_act_as_a_form():
    forms = per_turn(form(documents=QUESTION), form(answer=WASH))
    async with staged(form=forms) as stage:
        stage.server.refuses = {"tools": "this model does not support tools"}
        first = await ask(stage.graph, QUESTION)
        second = await ask(stage.graph, QUESTION)
    assert (first.status, first.text, first.notes) == (Status.ANSWERED, WASHED, [])
    assert cost(first) == (4, 4)  # one to find out
    assert cost(second) == (3, 3)
    assert stage.server.kinds == ["agent", "form", "form", "grade", "form", "form", "grade"]


@pytest.mark.parametrize(
    ("budget", "kinds"),
    [
        (0, []),
        (1, ["agent"]),
        (2, ["agent", "agent"]),
        (3, ["agent", "agent", "grade"]),
        (4, ["agent"] * 2 + ["grade", "agent"]),
    ],
)
async def test_when_the_calls_end_the_turn_ends_in_best_effort_and_never_overruns(budget, kinds):
    async with staged(grade=graded("partly", unsupported=[1], missing=["건조"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"model_calls": budget})
    assert stage.server.kinds == kinds
    assert reply.status is Status.BEST_EFFORT
    assert reply.spent["model_calls"] == budget
    assert "budget_ended" in codes(reply)
    assert "찬물" in reply.text


async def test_a_loop_of_look_ups_ends_before_the_budget_does_and_answers_with_what_there_is():
    asked = iter(range(100))

    def agent(seen):
        return calls(documents=f"린넨 {next(asked)}") if seen.tools else WASH

    async with staged(agent=agent) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"model_calls": 5})
    assert [bool(seen.tools) for seen in stage.server.of("agent")] == [True] * 4 + [False]
    assert (reply.text.splitlines()[0], reply.spent["model_calls"]) == (WASHED, 5)
    assert quotes(reply) == [BORNE]


@pytest.mark.parametrize("tokens", [1, 400, 1000])
async def test_when_the_tokens_end_no_more_than_what_is_in_flight_is_spent(tokens):
    async with staged(grade=graded("partly", missing=["건조"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"tokens": tokens})
    last = max(len(seen.prompt.split()) for seen in stage.server.seen)
    assert reply.spent["tokens_in"] + reply.spent["tokens_out"] < tokens + 2 * (last + 60)
    assert reply.status is Status.BEST_EFFORT
    assert "찬물" in reply.text


async def test_when_the_time_ends_the_call_in_flight_is_given_up():
    async with staged(grade=Fault(hang=30), settings={"model_timeout": 20.0}) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"seconds": 4})
    assert reply.spent["seconds"] < 15
    assert (reply.status, reply.text.splitlines()[0]) == (Status.BEST_EFFORT, WASHED)
    assert stage.server.of("grade")[0].hung_up


async def test_a_server_that_hangs_leaves_time_for_an_answer_without_it_and_is_not_asked_again():
    async with staged(agent=Fault(hang=30), grade=Fault(hang=30), settings={"model_timeout": 20.0}) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"seconds": 6})
    assert stage.server.kinds == ["agent"]
    assert reply.spent["seconds"] < 15
    assert "찬물" in reply.text
    assert reply.citations


async def test_when_the_revisions_end_the_best_draft_is_given_with_what_is_missing():
    async with staged(grade=graded("partly", missing=["건조하는 법"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"revisions": 1})
    assert (reply.status, reply.spent["revisions"]) == (Status.BEST_EFFORT, 1)
    assert "건조하는 법" in reply.text
    assert cost(reply) == (5, 5)


async def test_no_revision_is_made_when_none_is_allowed():
    async with staged(grade=graded("partly", missing=["건조"])) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"revisions": 0})
    assert (reply.status, cost(reply)) == (Status.BEST_EFFORT, (3, 3))


async def test_the_events_hold_the_draft_as_it_comes_and_nothing_that_is_not_for_people():
    async with staged() as stage:
        events = [event async for event in stream(stage.graph, QUESTION)]
    drafted = [event["text"] for event in events if event["event"] == "draft"]
    assert "".join(drafted) == WASHED
    assert len(drafted) > 3
    assert [event["event"] for event in events if event["event"] != "draft"] == [
        "looking_up", "looking", "evidence", "graded", "reply",
    ]  # fmt: skip


async def test_the_message_stream_has_one_message_in_chunks_under_the_id_of_the_final_one():
    async with staged() as stage:
        config = {"configurable": {"thread_id": "t"}}
        said = {"messages": [{"role": "user", "content": QUESTION}]}
        chunks = [message async for message, _ in stage.graph.astream(said, config, stream_mode="messages")]
        final = (await stage.graph.aget_state(config)).values["messages"][-1]
    drafted = [message for message in chunks if type(message).__name__ == "AIMessageChunk"]
    assert "".join(message.text for message in drafted) == WASHED
    assert len(drafted) > 3
    assert {message.id for message in chunks if isinstance(message, AIMessage)} == {final.id}
    assert final.text == WASHED
    told = "".join(message.text for message in chunks)
    assert not any(word in told for word in ("unsupported", "answers", "[1.1]", "query", '"'))


async def test_no_evidence_is_sent_in_full_more_than_once_to_the_agent_in_a_visit():
    pieces = [text("documents", f"자료 {number}", f"{number}번 자료다. " + LINEN * 12) for number in range(4)]
    async with staged(
        documents(pieces), agent=per_turn(calls(documents="린넨"), calls(documents="린넨 세탁"), WASH)
    ) as stage:
        await ask(stage.graph, QUESTION)
    for number in range(4):
        assert all(seen.text.count(f"{number}번 자료다.") <= 1 for seen in stage.server.of("agent"))


async def test_words_beside_a_call_are_no_answer():
    agent = per_turn(Calls([("documents", {"query": "린넨"})], "찾아볼게요."), WASH)
    async with staged(agent=agent) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.text, cost(reply)) == (WASHED, (3, 3))


async def test_a_draft_that_is_mended_is_announced_before_its_text_comes():
    async with staged(agent=looks_up(WRONG, WASH), grade=[graded(unsupported=[1]), graded()]) as stage:
        events = [event async for event in stream(stage.graph, QUESTION)]
    at = next(place for place, event in enumerate(events) if event["event"] == "revising")
    assert "건조기" in "".join(event["text"] for event in events[:at] if event["event"] == "draft")
    assert "".join(event["text"] for event in events[at:] if event["event"] == "draft") == WASHED
    assert (events[at]["action"], "건조기" in events[at]["reason"]) == ("correct", True)
