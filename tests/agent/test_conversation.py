"""What was said, among the messages that other agents leave."""

from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from stylegraph.agent.conversation import cited_titles, question_of, said_before

HAND_OFF = [
    AIMessage("", tool_calls=[{"name": "transfer_to_stylegraph", "args": {}, "id": "1"}]),
    ToolMessage("Successfully transferred to stylegraph", tool_call_id="1"),
]


def test_the_question_is_the_persons_last_message_wherever_it_stands():
    messages = [HumanMessage("안녕"), AIMessage("네, 안녕하세요."), HumanMessage("Where is my parcel?"), *HAND_OFF]
    assert question_of(messages) is messages[2]
    assert said_before(messages) == messages[:2]


def test_hand_offs_of_earlier_turns_were_said_to_nobody():
    first, answer, second = HumanMessage("Where is it?"), AIMessage("On its way."), HumanMessage("Since when?")
    assert said_before([first, *HAND_OFF, answer, second]) == [first, answer]


def test_without_a_person_nothing_was_asked():
    assert question_of([AIMessage("Hello.")]) is None
    assert said_before([AIMessage("Hello.")]) == []
    assert said_before([]) == []


def answer(status):
    block = {"type": "text", "text": "Up to six. [1]", "annotations": [{"type": "citation", "title": "Allotments"}]}
    return AIMessage([block], additional_kwargs={"status": status})


def test_an_answer_tells_the_title_that_it_cites():
    assert cited_titles(answer("answered")) == ["Allotments"]
    assert cited_titles(AIMessage("Hello.", additional_kwargs={"status": "answered"})) == []


def test_what_only_comes_nearest_is_no_subject():
    assert cited_titles(answer("not_found")) == []
