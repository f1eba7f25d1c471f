"""What is looked up before a chat model is asked: what a question plainly wants, and nothing else."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from standins.turns import documents, fashion

from stylegraph.agent.llm.prefetch import Prefetcher


def routing(*routes, ask_back=None, **queries):
    return {
        "question": "울 니트는 어떻게 빨아요?",
        "language": "ko",
        "routes": list(routes),
        "queries": queries or {route: ["울 니트는 어떻게 빨아요?"] for route in routes},
        "filters": {},
        "ask_back": ask_back,
        "choices": [],
        "confidence": 0.9,
    }


class Guess:
    def __init__(self, routing):
        self.routing = routing

    async def route(self, state):
        return {"routing": self.routing}


class Shop:
    """A source that can show again what the person saw last."""

    name, node, description, examples, eager = "shop", "look_in_shop", "Things.", (), True

    async def recall(self, task):
        return []


class Slow:
    """One that costs something: it does not say that it is eager."""

    name, node, description, examples = "archive", "look_in_archive", "Old things.", ()


def eager(name):
    source = documents() if name == "documents" else fashion()
    source.eager = True
    return source


async def looked_up(state, guess):
    sources = [eager("documents"), Shop(), Slow()]
    return await Prefetcher(Guess(guess), sources, 6).look_ups(state)


async def test_a_question_that_plainly_belongs_to_a_source_is_looked_up(a_state):
    [look_up] = await looked_up(a_state(), routing("documents"))
    assert (look_up["source"], look_up["queries"], look_up["k"]) == ("documents", ["울 니트는 어떻게 빨아요?"], 3)


async def test_each_source_is_asked_one_thing(a_state):
    guess = routing("documents", "shop", documents=["how to wash wool", "a word"], shop=["a cheap wool jumper"])
    look_ups = await looked_up(a_state(), guess)
    assert [(one["source"], one["queries"]) for one in look_ups] == [
        ("documents", ["how to wash wool"]),
        ("shop", ["a cheap wool jumper"]),
    ]


@pytest.mark.parametrize(
    "guess",
    [
        routing("chat"),
        routing("archive"),
        routing("documents", ask_back="무슨 옷감이에요?"),
    ],
)
async def test_what_costs_something_or_is_unclear_is_left_to_the_model(a_state, guess):
    assert await looked_up(a_state(), guess) == []


@pytest.mark.parametrize("beside", ["archive", "web"])
async def test_what_costs_nothing_is_looked_up_beside_what_costs_something(a_state, beside):
    look_ups = await looked_up(a_state(), routing("documents", beside))
    assert [one["source"] for one in look_ups] == ["documents"]


async def test_what_was_asked_before_is_not_looked_up_again(a_state):
    said = [HumanMessage("울 니트는 어떻게 빨아요? "), AIMessage("찬물에 빨아요."), HumanMessage("표로 정리해 줘")]
    assert await looked_up(a_state(messages=said), routing("documents")) == []


async def test_talk_about_what_a_source_just_showed_needs_no_look_up(a_state):
    state = a_state(shown=["1"])
    assert await looked_up(state, routing("shop")) == []
    assert await looked_up(a_state(), routing("shop"))
    assert await looked_up(state, routing("documents"))
