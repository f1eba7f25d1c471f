"""Metrics by OpenTelemetry: what `stylegraph usage` tells, under the same names, as it happens.

They are sent where the standard variables say, as traces are. They name no user: a user's name would leave this machine, and
each one makes series of its own.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from stylegraph.agent.usage import Line, watch

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider

_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")
_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
"""Seconds: a turn without a model takes tenths of one, a thorough one with a model up to minutes."""


class Instrument(NamedTuple):
    """What is measured, as OpenTelemetry names it."""

    name: str
    kind: str
    unit: str
    description: str


INSTRUMENTS = (
    Instrument("stylegraph.turns", "counter", "{turn}", "Turns that ended, by status."),
    Instrument("stylegraph.calls", "counter", "{call}", "Calls of chat models."),
    Instrument("stylegraph.tokens", "counter", "{token}", "Tokens of chat models, by direction (in, out)."),
    Instrument("stylegraph.dollars", "counter", "{dollar}", "What calls cost whose price is known."),
    Instrument("stylegraph.unpriced", "counter", "{turn}", "Turns that made a call without a known price."),
    Instrument("stylegraph.seconds", "histogram", "s", "How long turns took."),
    Instrument("stylegraph.grades", "counter", "{turn}", "Turns by the grade of their answer (good, poor, none)."),
    Instrument(
        "stylegraph.fallbacks", "counter", "{turn}", "Turns in which something failed and something else was done."
    ),
)


def measure_if_wanted() -> bool:
    """Send metrics if a variable says where to; say whether they are."""
    wanted = any(os.environ.get(name) for name in _WHERE)
    if not wanted or importlib.util.find_spec("opentelemetry.exporter") is None:
        return False  # the traces' module says what is to be installed
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource

    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    measure_into(MeterProvider([reader], resource=Resource.create({"service.name": "stylegraph"})))
    return True


def measure_into(provider: MeterProvider) -> Callable[[], None]:
    """Count every turn of this process; give what ends that.

    Args:
        provider: Where the numbers go.
    """
    meter = provider.get_meter("stylegraph")
    counters = {
        one.name.removeprefix("stylegraph."): meter.create_counter(one.name, one.unit, one.description)
        for one in INSTRUMENTS
        if one.kind == "counter"
    }
    timed = next(one for one in INSTRUMENTS if one.kind == "histogram")
    seconds = meter.create_histogram(
        timed.name, timed.unit, timed.description, explicit_bucket_boundaries_advisory=_BOUNDS
    )

    def count(line: Line) -> None:
        counters["turns"].add(1, {"status": line["status"]})
        counters["calls"].add(line["calls"])
        counters["tokens"].add(line["tokens_in"], {"direction": "in"})
        counters["tokens"].add(line["tokens_out"], {"direction": "out"})
        counters["dollars"].add(line["dollars"] or 0.0)
        counters["unpriced"].add(line["dollars"] is None)
        counters["grades"].add(1, {"grade": line["grade"]})
        for code in line["fallbacks"]:
            counters["fallbacks"].add(1, {"code": code})
        seconds.record(line["seconds"])

    return watch(count)
