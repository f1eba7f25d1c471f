"""The package as its users see it: what `stylegraph` itself gives, and what an import of it costs."""

from __future__ import annotations

import inspect
import json
import pickle
import subprocess
import sys

import pytest

import stylegraph

HEAVY = {"langgraph", "langchain_core", "pydantic", "pydantic_settings", "rich", "numpy", "asyncio"}


def test_an_import_by_itself_loads_nothing_heavy():
    script = "import stylegraph, sys, json; print(json.dumps(list(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert not set(json.loads(ended.stdout)) & HEAVY


@pytest.mark.parametrize("name", [name for name in stylegraph.__all__ if name != "__version__"])
def test_a_public_name_says_that_it_is_the_packages(name):
    value = getattr(stylegraph, name)
    assert (value.__module__, value.__qualname__) == ("stylegraph", name)
    assert inspect.getdoc(value), f"{name} has no docstring"
    assert pickle.loads(pickle.dumps(value)) is value


def test_everything_public_is_listed_and_nothing_else_is_there():
    assert set(stylegraph.__all__) <= set(dir(stylegraph))
    assert len(set(stylegraph.__all__)) == len(stylegraph.__all__)
    shown = {name for name in dir(stylegraph) if not name.startswith("_")}
    rooms = {"agent", "tools", "graphs", "evals", "TYPE_CHECKING"}  # folders, once something of them was imported
    assert shown - rooms <= set(stylegraph.__all__)
    with pytest.raises(AttributeError, match="no attribute 'open_asistant'"):
        _ = stylegraph.open_asistant


def test_the_version_is_the_one_that_is_installed():
    from importlib.metadata import version

    assert stylegraph.__version__ == version("stylegraph")


def test_a_traceback_names_an_error_as_its_user_imports_it():
    script = "from stylegraph import InputError\nraise InputError('No question.', 'Ask one.')"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert "stylegraph.InputError: No question. Ask one." in ended.stderr


@pytest.mark.parametrize(
    "error",
    [
        stylegraph.InputError("No question.", "Ask one."),
        stylegraph.MissingExtraError("Elasticsearch", "elastic"),
        stylegraph.TurnInterruptedError(["Which order?"]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_pickling_with_all_that_they_say(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_models_can_be_subclassed_and_read_back():
    class Mine(stylegraph.Settings):
        tenant: str = "acme"

    assert Mine(_env_file=None).tenant == "acme"

    class Answer(stylegraph.Reply):
        stars: int = 5

    assert set(stylegraph.Reply.model_fields) < set(Answer.model_fields)
    assert Answer.model_json_schema()["properties"]["stars"]["default"] == 5


async def test_a_graph_is_built_and_described_after_every_name_was_used(tmp_path):
    """LangGraph and pydantic read the types of what is public by the module that it names."""
    for name in stylegraph.__all__:
        getattr(stylegraph, name)
    settings = stylegraph.Settings(_env_file=None, home=tmp_path, samples=False)
    async with stylegraph.build_graph(settings, builtin=["documents"]) as graph:
        assistant = graph.compile()
    assert "messages" in assistant.get_input_jsonschema()["properties"]
    assert "reply" in assistant.get_output_jsonschema()["properties"]
    assert assistant.get_context_jsonschema()["properties"]["effort"]
