"""The three forms, and labels that carry loss on answers alone, token by token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.evals.tuning.examples import Example, Message
from stylegraph.evals.tuning.forms import NO_LOSS, alpaca, answer_only_labels, chat, completion

TALK = Example(
    messages=tuple(
        Message(role=role, content=content)
        for role, content in [
            ("user", "여름 셔츠 추천해줘"),
            ("assistant", "린넨 셔츠는 어떠세요?"),
            ("user", "어떻게 빨아?"),
            ("assistant", "찬물에 빱니다."),
        ]
    ),
    language="ko",
    origin="thread t",
    made_by="model",
    answered=True,
    grounded=1.0,
    in_language=True,
)


def test_the_chat_form_weighs_only_the_answer_that_was_graded():
    assert [message.get("weight") for message in chat(TALK)["messages"]] == [None, 0, None, 1]
    assert chat(TALK)["messages"][-1]["content"] == "찬물에 빱니다."


def test_the_completion_is_the_answer_and_the_prompt_all_before_it():
    assert completion(TALK)["completion"] == [{"role": "assistant", "content": "찬물에 빱니다."}]
    assert [message["role"] for message in completion(TALK)["prompt"]] == ["user", "assistant", "user"]


def test_alpacas_input_is_what_was_said_before():
    assert alpaca(TALK) == {
        "instruction": "어떻게 빨아?",
        "input": "user: 여름 셔츠 추천해줘\nassistant: 린넨 셔츠는 어떠세요?",
        "output": "찬물에 빱니다.",
    }


def test_each_token_of_an_answer_is_its_own_label_and_no_other_has_one():
    tokens = [1, 10, 11, 2, 20, 21, 22, 2, 10, 12, 2, 23, 2]
    assert answer_only_labels(tokens, [(4, 8), (11, 13)]) == [
        *[NO_LOSS] * 4,
        *[20, 21, 22, 2],
        *[NO_LOSS] * 3,
        *[23, 2],
    ]


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=60), st.data())
def test_labels_are_the_tokens_within_the_spans_and_nothing_elsewhere(tokens, data):
    first = data.draw(st.integers(0, len(tokens) - 1))
    end = data.draw(st.integers(first + 1, len(tokens)))
    labels = answer_only_labels(tokens, [(first, end)])
    assert labels[first:end] == tokens[first:end]
    assert {*labels[:first], *labels[end:]} <= {NO_LOSS}


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 1), (0, 4)])
def test_a_span_that_is_not_there_is_an_error(span):
    with pytest.raises(ValueError, match="span"):
        answer_only_labels([1, 2, 3], [span])
