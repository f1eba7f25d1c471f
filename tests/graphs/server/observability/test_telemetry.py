"""A turn leaves a span for itself and one for each of its nodes, without what was asked and answered."""

from __future__ import annotations

import json

import pytest
from homes import with_samples
from openinference.instrumentation.langchain import LangChainInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from standins.chat import Fault
from standins.turns import WASH, looks_up, staged

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.server.observability.telemetry import trace_if_wanted, trace_into

SECRET = "zanzibar"
KEY = "sk-planted-key-000000"


@pytest.fixture
def traced():
    """What turns spans into a list, with or without content."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def trace(*, content):
        trace_into(provider, content=content)
        return exporter

    yield trace
    LangChainInstrumentor().uninstrument()


async def turn(home):
    async with open_assistant(load_settings(home=with_samples(home))) as assistant:
        return await ask(assistant, f"How do I wash {SECRET} wool?", user="kim")


async def test_a_run_is_a_span_over_those_of_its_nodes(traced, tmp_path):
    exporter = traced(content=False)
    await turn(tmp_path)
    spans = {span.name: span for span in exporter.get_finished_spans()}
    run = spans["stylegraph"]
    assert {"begin", "agent", "retrieve", "grade", "remember"} <= set(spans)
    assert spans["begin"].parent.span_id == run.context.span_id
    assert all(span.context.trace_id == run.context.trace_id for span in spans.values())
    assert run.start_time <= spans["begin"].start_time <= spans["remember"].end_time <= run.end_time


async def test_they_hold_no_content_unless_it_is_wanted(traced, tmp_path):
    exporter = traced(content=False)
    await turn(tmp_path)
    assert SECRET not in "".join(span.to_json() for span in exporter.get_finished_spans())


async def test_and_hold_it_where_it_is(traced, tmp_path):
    exporter = traced(content=True)
    await turn(tmp_path)
    assert SECRET in json.dumps([dict(span.attributes) for span in exporter.get_finished_spans()])


async def fail(home, question, key):
    """A turn whose error, or what caused it, says a key and what was asked; the page names it by its question."""
    config = {"configurable": {"thread_id": "t1"}, "metadata": {"title": question}}
    parts = {"router": Failing(key)}
    async with open_assistant(load_settings(home=with_samples(home)), **parts) as assistant:
        with pytest.raises(RuntimeError):
            await assistant.ainvoke({"messages": [{"role": "user", "content": question}]}, config)


class Failing:
    """A decision that fails and says all that it knows."""

    def __init__(self, key):
        self.key = key

    async def route(self, state):
        try:
            raise ValueError(self.key)
        except ValueError as error:
            raise RuntimeError(f"{self.key} can't be used to ask {state['turn']['asked']}") from error


@pytest.mark.parametrize("content", [False, True])
async def test_of_an_exception_its_type_is_told_and_what_it_says_only_where_content_is_wanted(
    traced, tmp_path, content
):
    exporter = traced(content=content)
    await fail(tmp_path, f"How do I wash {SECRET} wool?", KEY)
    spans = exporter.get_finished_spans()
    told = "".join(span.to_json() for span in spans)
    assert (SECRET in told, KEY in told) == (content, content)
    failed = {span.name: span for span in spans if not span.status.is_ok}
    assert failed.keys() == {"stylegraph", "agent"}
    for span in failed.values():
        [event] = span.events
        assert (event.name, event.attributes["exception.type"]) == ("exception", "RuntimeError")
        assert content or event.attributes.keys() == {"exception.type"}
    assert json.loads(failed["agent"].attributes["metadata"])["langgraph_node"] == "agent"


@pytest.mark.parametrize("writes", [WASH, Fault(status=400, body={"error": {"message": f"{SECRET} {KEY}"}})])
async def test_nor_do_calls_of_a_model_tell_more(traced, writes):
    exporter = traced(content=False)
    async with staged(settings={"openai_api_key": KEY}, agent=looks_up(writes)) as stage:
        await ask(stage.graph, f"{SECRET} 린넨은 어떻게 빨아?")
        assert any(SECRET in seen.text for seen in stage.server.seen)
    spans = exporter.get_finished_spans()
    assert any(span.attributes["openinference.span.kind"] == "LLM" for span in spans)
    told = "".join(span.to_json() for span in spans)
    for words in (SECRET, KEY, "린넨"):
        assert words not in told
        assert json.dumps(words)[1:-1] not in told


def test_nothing_is_sent_where_no_variable_says_where_to(monkeypatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert not trace_if_wanted(content=False)
