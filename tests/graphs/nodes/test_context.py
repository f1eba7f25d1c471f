"""What a caller sets for a turn and can't be used is said to be, with what can."""

from __future__ import annotations

import pytest

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.build import open_assistant

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
    ({"image": 3}, ["`image`", "web addresses"]),
    ({"only": {"audience": "x"}}, ["`only`"]),
]


@pytest.mark.parametrize(("context", "told"), BAD, ids=[str(context) for context, _ in BAD])
async def test_what_can_not_be_used_is_named_with_what_can(tmp_path, context, told):
    async with open_assistant(Settings(_env_file=None, home=tmp_path)) as assistant:
        with pytest.raises(InputError) as error:
            await assistant.copy({"checkpointer": None}).ainvoke(ASKED, context=context)
    assert all(words in str(error.value) for words in told), str(error.value)


async def test_what_can_be_used_is_and_what_is_not_ours_is_left_alone(tmp_path):
    context = {"effort": "quick", "budget": {"seconds": 20, "revisions": 0}, "feedback": {"like": []}, "index": "samples",
               "image": [], "somebody_elses": 1}  # fmt: skip
    async with open_assistant(Settings(_env_file=None, home=tmp_path)) as assistant:
        told = await assistant.copy({"checkpointer": None}).ainvoke(ASKED, context=context)
    assert told["reply"]["citations"]
