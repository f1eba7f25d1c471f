"""A run's context is read safely, whoever's it is; what can't be used of ours is named with what can."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from homes import with_samples
from langgraph.runtime import Runtime
from pydantic import BaseModel

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.nodes.context import check_context, context_of


@dataclass
class Data:
    user: str = "theirs"


class Model(BaseModel):
    user: str = "theirs"


@pytest.mark.parametrize("context", [None, Data(), Model(), {"tenant": "acme", "user": 7, "effort": "heroic"}])
def test_another_graphs_context_is_left_alone(context):
    assert context_of(Runtime(context=context)) == {}


@pytest.mark.parametrize("context", [None, Data(), Model(), {"tenant": "acme", "user": 7, "effort": "heroic"}])
async def test_nor_is_it_found_wanting(context):
    await check_context(context, ())


def test_ours_is_taken_as_it_is():
    ours = {
        "user": "kim",
        "effort": "quick",
        "index": "notes",
        "only": {"audience": ["staff"]},
        "image": ["https://example.com/a.png"],
        "budget": {"seconds": 3},
        "feedback": {"like": ["p1"]},
    }
    assert context_of(Runtime(context=ours)) == ours


ASKED = {"messages": [("user", "How do I wash wool?")]}
BAD = [
    ({"effort": "hard"}, ["'hard'", "quick, standard, thorough"]),
    ({"effort": ["quick"]}, ["quick, standard, thorough"]),
    ({"index": "secret"}, ["'secret'", "samples"]),
    ({"budget": "x"}, ["'x'", "seconds, revisions"]),
    ({"budget": {"second": 1}}, ["'second'", "seconds, revisions"]),
    ({"budget": {"seconds": "1"}}, ["seconds", "'1'"]),
    ({"budget": {"seconds": float("nan")}}, ["seconds", "nan"]),
    ({"budget": {"tokens": -1}}, ["tokens", "-1"]),
    ({"budget": {"tokens": True}}, ["tokens", "True"]),
    ({"feedback": "x"}, ["`feedback`", "like, dislike"]),
    ({"feedback": {"love": ["sg001"]}}, ["'love'", "like, dislike"]),
    ({"feedback": {"like": "sg001"}}, ["`feedback`", "like, dislike"]),
    ({"ask_back": "never"}, ["'never'", "end, interrupt"]),
    ({"image": 3}, ["`image`", "web addresses"]),
    ({"only": {"audience": "x"}}, ["`only`"]),
    ({"only": "staff"}, ["`only`", "audience"]),
]


@pytest.mark.parametrize(("context", "told"), BAD, ids=[str(context) for context, _ in BAD])
async def test_what_can_not_be_used_is_named_with_what_can(tmp_path, context, told):
    async with open_assistant(Settings(_env_file=None, home=with_samples(tmp_path))) as assistant:
        with pytest.raises(InputError) as error:
            await assistant.copy({"checkpointer": None}).ainvoke(ASKED, context=context)
    assert all(words in str(error.value) for words in told), str(error.value)


async def test_what_can_be_used_is(tmp_path):
    context = {
        "effort": "quick",
        "budget": {"seconds": 500, "revisions": 0},
        "feedback": {"like": []},
        "index": "samples",
        "image": [],
    }
    async with open_assistant(Settings(_env_file=None, home=with_samples(tmp_path))) as assistant:
        told = await assistant.copy({"checkpointer": None}).ainvoke(ASKED, context=context)
    assert told["reply"]["citations"]
