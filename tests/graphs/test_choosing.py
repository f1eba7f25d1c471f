"""The chat model of a question, chosen of those that whoever runs the assistant allows."""

from __future__ import annotations

import pytest
from homes import with_samples
from standins.chat import chat_server
from standins.turns import graded, looks_up

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant

WOOL = "How do I wash a wool sweater?"


@pytest.fixture
async def model():
    async with chat_server(grade=graded()) as server:
        server.script["agent"] = [looks_up("Wash wool by hand [1.1].", search_documents="wool")]
        yield server


@pytest.fixture
def settings(tmp_path, model):
    """The settings of a home with the samples, and two chat models on one server."""
    with_samples(tmp_path)
    told = {"base_url": model.url, "model": "usual", "models": ["other"], "effort": "thorough"}
    return Settings(_env_file=None, home=tmp_path, **told)


def asked(model):
    """Who was asked for what since the last time."""
    seen = {(one.kind, one.body["model"]) for one in model.seen}
    model.seen.clear()
    return seen


async def test_the_model_that_a_question_names_acts_and_grades_and_is_noted(settings, model):
    async with open_assistant(settings) as assistant:
        usual = await ask(assistant, WOOL)
        assert asked(model) == {("agent", "usual"), ("grade", "usual")}
        other = await ask(assistant, WOOL, model="other")
        assert asked(model) == {("agent", "other"), ("grade", "other")}
        named = await ask(assistant, WOOL, model="usual")
        assert asked(model) == {("agent", "usual"), ("grade", "usual")}
    assert [reply.spent.get("model") for reply in (usual, other, named)] == [None, "other", "usual"]
    assert other.spent["model_calls"] == usual.spent["model_calls"]


async def test_a_grader_that_is_set_grades_whoever_writes(settings, model):
    async with open_assistant(settings.model_copy(update={"grader_model": "strict"})) as assistant:
        await ask(assistant, WOOL, model="other")
    assert asked(model) == {("agent", "other"), ("grade", "strict")}


@pytest.mark.parametrize(
    ("update", "there"), [({}, "usual, other"), ({"models": []}, "none"), ({"base_url": None}, "none")]
)
async def test_a_model_that_is_not_allowed_is_refused_and_says_which_are(settings, model, update, there):
    async with open_assistant(settings.model_copy(update=update)) as assistant:
        with pytest.raises(InputError, match="There is no model 'dear'") as refused:
            await ask(assistant, WOOL, model="dear")
    assert there in str(refused.value)
    assert asked(model) == set()


def test_there_is_no_choice_of_a_single_model():
    settings = Settings(_env_file=None, base_url="http://127.0.0.1:1", model="a", models="b, a,c")
    assert settings.choices == ["a", "b", "c"]
    assert settings.model_copy(update={"models": []}).choices == []
