"""A turn over a server is measured, under the names that `stylegraph usage` has, and names nobody."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from standins.chat import Fault
from standins.turns import QUESTION, staged

from stylegraph.graphs.server.observability.metrics import INSTRUMENTS, measure_if_wanted, measure_into


@pytest.fixture
def reader():
    reader = InMemoryMetricReader()
    end = measure_into(MeterProvider([reader]))
    yield reader
    end()


class Kim:
    identity, trusted, groups = "kim", False, ()


async def turn(**staging):
    async with staged(**staging) as stage:
        config = {"configurable": {"thread_id": "one", "langgraph_auth_user": Kim()}}
        asked = {"messages": [{"role": "user", "content": QUESTION}]}
        return (await stage.graph.ainvoke(asked, config))["reply"]


def points(reader):
    """Return name -> its points, each with its attributes."""
    (resource,) = reader.get_metrics_data().resource_metrics
    (scope,) = resource.scope_metrics
    return {one.name: list(one.data.data_points) for one in scope.metrics}


def by(points, attribute):
    return {point.attributes[attribute]: point.value for point in points}


async def test_a_turn_counts_with_what_it_spent_and_how_it_ended(reader):
    spent = (await turn())["spent"]
    told = points(reader)
    assert by(told["stylegraph.turns"], "status") == {"answered": 1}
    assert by(told["stylegraph.tokens"], "direction") == {"in": spent["tokens_in"], "out": spent["tokens_out"]}
    assert told["stylegraph.calls"][0].value == spent["model_calls"]
    assert told["stylegraph.seconds"][0].sum == spent["seconds"]
    assert by(told["stylegraph.grades"], "grade") == {"good": 1}
    assert told["stylegraph.unpriced"][0].value == (spent["dollars"] is None) == 1  # the stand-in's model has no price
    assert "kim" not in str(told)


async def test_a_fallback_counts_by_its_code(reader):
    await turn(agent=Fault(status=500))
    told = points(reader)
    assert by(told["stylegraph.fallbacks"], "code") == {"model_unavailable": 1}
    assert set(told) == {one.name for one in INSTRUMENTS}


def test_nothing_is_sent_where_no_variable_says_where_to(monkeypatch):
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    assert measure_if_wanted() is False
