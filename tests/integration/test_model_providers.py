"""Models of every kind in whole turns over HTTP: stand-ins that speak each provider's protocol and refuse what it refuses."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from standins.chat import calls, per_turn
from standins.providers import AnthropicServer, OllamaServer, OpenAIServer, provider_server
from standins.turns import LINEN, QUESTION, WASH, WASHED, form, graded, looks_up, staged

from stylegraph.agent.reply import Status
from stylegraph.graphs.api import ask, stream

KEY = "a-key-1234"
THINKS = 700


def codes(reply):
    return {note["code"] for note in reply.notes}


@pytest.fixture
def provider(monkeypatch):
    """Return what stages a provider by its name: its server, and how a model of it is named."""

    def made(name, model):
        kind, settings = PROVIDERS[name]

        @asynccontextmanager
        async def serve(**script):
            async with provider_server(kind, **script) as server:
                server.key = KEY if name != "ollama" else ""
                server.models = {model.partition(":")[2] or model}
                monkeypatch.setenv("OPENAI_API_BASE", server.url)
                monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
                monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
                monkeypatch.setenv("OLLAMA_HOST", server.url)
                yield server

        return {"serve": serve, "settings": {"model": model, "openai_api_key": KEY, **settings}}

    return made


PROVIDERS = {
    "openai": (OpenAIServer, {"base_url": None}),  # as who uses OpenAI's own server
    "responses": (OpenAIServer, {"responses_api": True}),
    "anthropic": (AnthropicServer, {"base_url": None}),
    "ollama": (OllamaServer, {"base_url": None}),
}
MODELS = [
    ("openai", "gpt-6-luna"),
    ("responses", "gpt-6-luna"),
    ("responses", "what-nobody-knows"),
    ("anthropic", "anthropic:claude-sonnet-5"),
    ("anthropic", "anthropic:claude-of-another-day"),
    ("ollama", "ollama:qwen3:8b"),
]
each = pytest.mark.parametrize(("name", "model"), MODELS, ids=[f"{name} {model}" for name, model in MODELS])


@each
async def test_a_turn_looks_up_streams_cites_and_is_graded_by_a_form(provider, name, model):
    async with staged(**provider(name, model), agent=looks_up(WASH)) as stage:
        events = [event async for event in stream(stage.graph, QUESTION)]
        reply = events[-1]["reply"]
        assert stage.server.kinds == ["agent", "agent", "grade"]
        assert stage.server.seen[0].tools[:1] == ["documents"]
        assert "찬물" in stage.server.seen[1].last  # what was found answers the call
    assert (reply["status"], reply["text"], reply["notes"]) == ("answered", WASHED, [])
    assert [cited["quote"] for cited in reply["citations"]] == [LINEN.split(". ")[0] + "."]
    drafts = [event["text"] for event in events if event["event"] == "draft"]
    assert "".join(drafts).strip() == WASHED
    assert len(drafts) > 1
    assert reply["spent"]["tokens_in"] > 100


@each
async def test_several_calls_at_once_and_a_draft_to_mend_keep_to_the_protocol(provider, name, model):
    agent = per_turn(
        calls(documents=["린넨 세탁", "linen care"]), calls(documents="아마"), "건조기에 돌리세요 [1.2].", WASH
    )
    grades = [graded(unsupported=[1]), graded()]
    async with staged(**provider(name, model), agent=agent, grade=grades) as stage:
        reply = await ask(stage.graph, QUESTION, thread="t")
        again = await ask(stage.graph, "다시 알려줘", thread="t")
    assert (reply.status, reply.text, codes(reply)) == (Status.ANSWERED, WASHED, set())
    assert reply.spent["revisions"] == 1
    assert codes(again) == set()


@each
async def test_before_the_last_call_tools_are_taken_away(provider, name, model):
    async with staged(
        **provider(name, model), agent=lambda seen: calls(documents=QUESTION) if seen.tools else WASH
    ) as stage:
        reply = await ask(stage.graph, QUESTION, budget={"model_calls": 2})
    assert (reply.text.startswith(WASHED), reply.status) == (True, Status.BEST_EFFORT)  # nobody could check it
    assert [bool(seen.tools) for seen in stage.server.seen] == [True, False]
    assert "model_failed" not in codes(reply)


@each
async def test_a_form_is_asked_for_by_the_packages_own_means_and_in_words_where_that_is_refused(provider, name, model):
    means = {"openai": "response_format", "responses": "text", "anthropic": "output_config", "ollama": "format"}[name]
    means = "tool_choice" if "another-day" in model else means
    async with staged(**provider(name, model)) as stage:
        await ask(stage.graph, QUESTION)
        assert stage.server.of("grade")[0].sent.get(means)
        stage.server.refuses = {means: f"this model does not support {means} (structured output)"}
        reply = await ask(stage.graph, QUESTION)
        assert not stage.server.of("grade")[-1].sent.get(means)
    assert (reply.status, codes(reply)) == (Status.ANSWERED, set())


@each
async def test_an_answer_that_is_cut_says_so_and_the_remedy_helps(provider, name, model):
    long = WASH + " 그리고 그늘에 널어 말리세요 [1.1]." * 10
    cut = provider(name, model)
    cut["settings"] |= {"model_max_tokens": 20, "reasoning_tokens": 0}
    async with staged(**cut, agent=looks_up(long)) as stage:
        reply = await ask(stage.graph, QUESTION, effort="quick")
    assert codes(reply) == {"model_cut"}
    assert "STYLEGRAPH_MODEL_MAX_TOKENS" in reply.notes[0]["text"]
    async with staged(**provider(name, model), agent=looks_up(long)) as stage:
        reply = await ask(stage.graph, QUESTION, effort="quick")
    assert (reply.notes, reply.text.count("그늘")) == ([], 10)


async def test_gpt_6_is_handed_tools_by_the_responses_api(provider):
    """What OpenAI's client does by itself, and the model that is the default."""
    async with staged(**provider("openai", "gpt-6-luna")) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.text, reply.notes) == (WASHED, [])
    assert ["input" in seen.sent for seen in stage.server.seen] == [True, True, False]


@pytest.mark.parametrize("name", ["openai", "responses", "chat"])
async def test_gpt_6_luna_is_sent_no_temperature_and_told_not_to_think(provider, name):
    chat = {"settings": {"model": "gpt-6-luna", "responses_api": False}}
    async with staged(**(chat if name == "chat" else provider(name, "gpt-6-luna"))) as stage:
        stage.server.thinks = THINKS
        stage.server.refuses = {"temperature": "Unsupported parameter: 'temperature'"}
        stage.server.cached = 64
        reply = await ask(stage.graph, QUESTION)
    assert (reply.text, reply.notes, stage.server.count()) == (WASHED, [], 3)
    assert {seen.body["reasoning_effort"] for seen in stage.server.seen} == {"none"}
    assert not any("temperature" in seen.sent for seen in stage.server.seen)
    assert (reply.spent["tokens_reasoning"], reply.spent["tokens_cached"]) == (0, 3 * 64)


@pytest.mark.parametrize(
    ("model", "settings"),
    [("gpt-6-luna", {"reasoning_effort": "high", "responses_api": False}), ("gpt-5", {}), ("what-nobody-knows", {})],
    ids=["told to think", "thinks by its profile", "nobody knows that it thinks"],
)
async def test_a_model_that_thinks_unseen_answers_in_full(model, settings):
    async with staged(settings={"model": model, "model_max_tokens": 600, **settings}) as stage:
        stage.server.thinks = THINKS
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.text, reply.notes) == (Status.ANSWERED, WASHED, [])
    assert reply.spent["tokens_reasoning"] == stage.server.count() * THINKS
    assert reply.spent["tokens_out"] > reply.spent["tokens_reasoning"]
    assert stage.server.count() == 3 + (model == "what-nobody-knows")  # found out once


async def test_a_model_that_takes_no_temperature_is_found_out_once():
    async with staged() as stage:
        stage.server.refuses = {"temperature": "Unsupported value: 'temperature' does not support 0 with this model."}
        reply = await ask(stage.graph, QUESTION)
    assert (reply.text, reply.notes) == (WASHED, [])
    assert ["temperature" in seen.body for seen in stage.server.seen] == [True, False, False, False]


@pytest.mark.parametrize("name", ["responses", "ollama"])
async def test_a_model_without_tools_acts_by_a_form(provider, name):
    model = {"responses": "what-nobody-knows", "ollama": "ollama:gemma"}[name]
    forms = lambda seen: form(answer=WASH) if "찬물" in seen.text else form(documents=QUESTION)  # noqa: E731
    async with staged(**provider(name, model), form=forms) as stage:
        stage.server.refuses = {"tools": "registry.ollama.ai/library/gemma does not support tools"}
        reply = await ask(stage.graph, QUESTION)
    assert (reply.text, reply.notes) == (WASHED, [])
    assert stage.server.kinds[:3] == ["agent", "form", "form"]
