"""The sources as tools of a chat model, and its calls as look-ups."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from pydantic import BaseModel, Field

from stylegraph.agent.evidence import ToolSpec
from stylegraph.agent.llm.toolbox import ASK, Toolbox, queries_of


@dataclass
class Source:
    name: str = "orders"
    node: str = "look_up"
    description: str = "Orders and parcels."
    examples: tuple[str, ...] = ()

    async def gather(self, state):
        return {}


class Two(Source):
    """A source that can be asked in two ways."""

    def tools(self):
        parameters = {"type": "object", "properties": {"query": {"type": "string"}}}
        return [
            ToolSpec(name=name, description=f"To {name}.", parameters=parameters) for name in ("search_it", "read_it")
        ]


class Arguments(BaseModel):
    number: int = Field(description="The order's number.")


class Schemed(Source):
    args_schema = Arguments


class Plain(Source):
    @property
    def args_schema(self):
        return {"type": "object", "properties": {"number": {"type": "integer"}}}


class Filtering(Source):
    def read_filters(self, question):
        return {"price": {"lte": 50_000}} if "5만원" in question else {}


def called(name="orders", **arguments):
    return {"name": name, "args": arguments, "id": "call-1", "type": "tool_call"}


def functions(box, *, asking=False):
    return {spec["function"]["name"]: spec["function"] for spec in box.specs({}, asking=asking)}


def test_a_source_without_tools_of_its_own_is_offered_under_its_name_with_a_query():
    (told,) = functions(Toolbox([Source()], 6)).values()
    assert (told["name"], told["description"]) == ("orders", "Orders and parcels.")
    assert told["parameters"]["required"] == ["query"]


def test_a_source_with_several_tools_is_offered_by_each():
    box = Toolbox([Two(name="documents"), Source()], 6)
    assert box.names == ["search_it", "read_it", "orders"]
    assert box.look_up(called("read_it", query="x"))["source"] == "documents"
    assert box.look_up(called("read_it", query="x"))["tool"] == "read_it"


@pytest.mark.parametrize("kind", [Schemed, Plain])
def test_a_schema_of_its_own_is_what_the_model_is_told(kind):
    told = functions(Toolbox([kind()], 6))["orders"]
    assert told["parameters"]["properties"]["number"]["type"] == "integer"
    look_up = Toolbox([kind()], 6).look_up(called(number=42))
    assert look_up["arguments"] == {"number": 42}
    assert json.loads(look_up["queries"][0]) == {"number": 42}


def test_a_question_may_be_put_back_only_where_it_may():
    box = Toolbox([Source()], 6)
    assert ASK in functions(box, asking=True)
    assert ASK not in functions(box)
    assert box.look_up(called(ASK, question="which?")) is None


def test_a_call_becomes_a_look_up_with_what_its_words_imply():
    look_up = Toolbox([Filtering()], 4).look_up(called(query=" 5만원 이하 셔츠 "))
    assert look_up == {
        "id": "call-1",
        "source": "orders",
        "question": "5만원 이하 셔츠",
        "queries": ["5만원 이하 셔츠"],
        "filters": {"price": {"lte": 50_000}},
        "k": 4,
        "tool": "orders",
        "arguments": {"query": " 5만원 이하 셔츠 "},
    }


def test_what_there_is_not_is_no_look_up():
    assert Toolbox([Source()], 6).look_up(called("shell", query="rm -rf /")) is None
    assert Toolbox([], 6).specs({}, asking=False) == []


@pytest.mark.parametrize(
    ("arguments", "queries"),
    [
        ({"query": "linen"}, ["linen"]),
        ({"queries": ["linen", "린넨", "linen", " "]}, ["linen", "린넨"]),
        ({"wish": "a shirt", "k": 3}, ["a shirt"]),
        ({"url": "https://a.example"}, ["https://a.example"]),
        ({"query": "", "title": "Wool"}, ["Wool"]),
        ({"query": 42}, ["42"]),
        ({"query": "a\u200bb"}, ["ab"]),
        ({"query": "x" * 5_000}, ["x" * 1_000]),
        ({}, ["{}"]),
        ({"date": "2026-12-01"}, ['{"date": "2026-12-01"}']),
        ({"queries": "linen"}, ['{"queries": "linen"}']),
    ],
)
def test_what_a_call_looks_for_is_read_from_its_arguments(arguments, queries):
    assert queries_of(arguments) == queries


def test_for_a_model_without_tools_they_are_told_in_words():
    assert Toolbox([Two(), Schemed(name="parcels")], 6).described({}) == (
        "- search_it(query): To search_it.\n- read_it(query): To read_it.\n- parcels(number): Orders and parcels."
    )


def test_what_a_source_holds_is_told_with_the_first_of_its_tools():
    first, *others = Toolbox([Two(name="library")], 6).specs({"library": "Two books, in Korean."}, asking=False)
    assert first["function"]["description"].endswith("Two books, in Korean.")
    assert others
    assert not any("Two books" in other["function"]["description"] for other in others)


def test_what_a_tool_does_not_say_that_it_takes_is_not_the_models_to_say():
    box = Toolbox([Two(name="documents")], 6)
    look_up = box.look_up(called("read_it", query="x", score=1.0, max_tokens=10**9, at=7, user="lee"))
    assert look_up["arguments"] == {"query": "x"}
