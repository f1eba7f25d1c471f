"""Any chat model of LangChain's in the place of a named one, what it is told, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field
from standins.turns import embedder

from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.fake_sources import alike
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.deciding import by_model, local_decisions

QUESTION = "Where is my parcel?"
SAID = "Your parcel arrives on Friday [1]."
GRADE = '{"unsupported": [], "answers": "fully", "missing": []}'


class Orders:
    """A user's own source."""

    name = "orders"
    node = "look_up_orders"
    description = "The user's orders and parcels."
    examples = (QUESTION, "내 택배 언제 와?")

    async def gather(self, state: SourceTask) -> Gathered:
        return {"evidence": [make_evidence(self.name, "Order 7", "Your parcel arrives on Friday.")]}


class Eager(Orders):
    """One that may be asked before the model says so."""

    eager = True


class Scripted(BaseChatModel):
    """A stand-in for a model of somebody's own: answers by a function, and keeps what it was sent."""

    answer: Callable[[list[Any], bool], AIMessage]
    model: str = "scripted"
    seen: list[tuple[list[Any], list[str]]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools, *, tool_choice=None, **kwargs):
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        tools = kwargs.get("tools", [])
        self.seen.append((messages, [tool["function"]["name"] for tool in tools]))
        said = self.answer(messages, bool(tools))
        said.usage_metadata = {"input_tokens": 1_000, "output_tokens": 10, "total_tokens": 1_010}
        return ChatResult(generations=[ChatGeneration(message=said)])

    @property
    def rules(self) -> list[str]:
        return [str(messages[0].content) for messages, _ in self.seen]


def looks_up(messages: list[Any], tools: bool) -> AIMessage:
    """Look up once, then write."""
    if tools and not any(isinstance(message, ToolMessage) for message in messages):
        return AIMessage("", tool_calls=[{"name": "orders", "args": {"query": QUESTION}, "id": "1"}])
    return AIMessage("Your parcel arrives on Friday [1.1].")


def reads_first(messages: list[Any], tools: bool) -> AIMessage:
    """Write from what was found, and look up where nothing was."""
    return (
        AIMessage("Your parcel arrives on Friday [1.1].") if "Order 7" in str(messages) else looks_up(messages, tools)
    )


def always_looks_up(messages: list[Any], tools: bool) -> AIMessage:
    """Look up for as long as there are tools."""
    if tools:
        call = {"name": "orders", "args": {"query": f"parcel {len(messages)}"}, "id": f"{len(messages)}"}
        return AIMessage("", tool_calls=[call])
    return AIMessage("Your parcel arrives on Friday [1.1].")


def grades(messages: list[Any], tools: bool) -> AIMessage:
    """Find all well."""
    return AIMessage(GRADE)


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path / "home", samples=False)


@pytest.fixture
def opening(settings):
    """Open an assistant over one source with such models and settings."""

    def opened(model=None, grader=None, keywords=None, **more):
        models = {"model": model or Scripted(answer=looks_up), "grader_model": grader or Scripted(answer=grades)}
        own = {"sources": [Orders()], "builtin": (), **models, **(keywords or {})}
        return open_assistant(settings.model_copy(update=more), **own)

    return opened


async def test_models_of_ones_own_act_and_grade(opening):
    model, grader = Scripted(answer=looks_up), Scripted(answer=grades)
    async with opening(model, grader, effort="thorough") as assistant:
        reply = await ask(assistant, QUESTION)
    assert (reply.status, reply.text, reply.notes) == (Status.ANSWERED, SAID, [])
    assert (len(model.seen), len(grader.seen)) == (2, 1)
    assert [tools[0] for _, tools in model.seen] == ["orders", "orders"]
    assert (reply.spent["model_calls"], reply.spent["tokens_in"]) == (3, 3_000)


@pytest.mark.parametrize(("prefetch", "calls"), [(True, 1), (False, 2)])
async def test_what_a_question_plainly_asks_for_is_found_before_the_model_is_asked(opening, prefetch, calls):
    model = Scripted(answer=reads_first)
    async with opening(model, keywords={"sources": [Eager()]}, prefetch=prefetch) as assistant:
        reply = await ask(assistant, QUESTION)
    assert (reply.status, reply.text) == (Status.ANSWERED, SAID)
    assert len(model.seen) == calls


async def test_persona_rules_and_what_is_declined_reach_the_model(opening):
    model = Scripted(answer=looks_up)
    told = {"rules": "Always say 'ahoy'.", "declines": "tax advice"}
    async with opening(model, keywords={"persona": "You are Bo, a clerk."}, **told) as assistant:
        await ask(assistant, QUESTION)
    for words in ("You are Bo, a clerk.", *told.values()):
        assert all(words in rules for rules in model.rules)
    assert not any("You are stylegraph" in rules or "would harm people" in rules for rules in model.rules)


async def test_prompts_of_ones_own_take_the_place_of_those_that_are_shipped(opening, tmp_path):
    model, grader = Scripted(answer=looks_up), Scripted(answer=grades)
    (tmp_path / "agent.md").write_text("OWN $persona", encoding="utf-8")
    async with opening(model, grader, {"prompts": tmp_path, "persona": "clerk"}, effort="thorough") as assistant:
        reply = await ask(assistant, QUESTION)
    assert reply.text == SAID
    assert set(model.rules) == {"OWN clerk"}
    assert grader.rules[0].startswith("You check an answer")  # the others stay


@pytest.mark.parametrize("allowed", [True, False])
async def test_whether_general_knowledge_may_be_added_is_told(opening, allowed):
    model = Scripted(answer=looks_up)
    async with opening(model, general_knowledge=allowed) as assistant:
        await ask(assistant, QUESTION)
    assert ("[general]" in model.rules[0], "you do not know" in model.rules[0]) == (allowed, not allowed)


@pytest.mark.parametrize(("dollars", "look_ups"), [(1.5, 1), (5.5, 4)])
async def test_before_the_dollars_end_tools_are_taken_away_and_the_turn_ends_in_an_answer(opening, dollars, look_ups):
    """A call costs a dollar here: 1,000 tokens at 1,000 dollars for a million."""
    model = Scripted(answer=always_looks_up)
    prices = Settings(_env_file=None, model_prices={"scripted": {"input": 1_000, "output": 0}}).model_prices
    async with opening(model, model_prices=prices, budget_dollars=dollars) as assistant:
        reply = await ask(assistant, QUESTION)
    assert SAID in reply.text
    assert [bool(tools) for _, tools in model.seen] == [True] * look_ups + [False]
    assert reply.spent["dollars"] == pytest.approx(reply.spent["model_calls"])
    assert reply.spent["dollars"] <= dollars + 1  # what a call costs is known when it has ended


async def test_the_grader_that_settings_name_beside_another_providers_model_is_that_one(settings, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-key")
    names = {"model": "anthropic:claude-sonnet-5", "grader_model": "anthropic:claude-haiku-4-5"}
    chosen = settings.model_copy(update=names)
    local = local_decisions(embedder(), alike, [Orders()], chosen)
    async with by_model(local, embedder(), [Orders()], chosen) as (decisions, _):
        assert decisions.grader._caller.model_name == "claude-haiku-4-5"
        assert decisions.agent._caller.model_name == "claude-sonnet-5"
