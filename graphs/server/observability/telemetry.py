"""Traces by OpenTelemetry: a span for each run and each of its nodes, without what was asked and answered.

They are sent where the standard variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`), where the extra `telemetry` is installed.
LangSmith has variables of its own (`LANGSMITH_TRACING`, `LANGSMITH_API_KEY`), and LangGraph reads them itself.
"""

from __future__ import annotations

import importlib.util
import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

logger = logging.getLogger(__name__)

_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def trace_if_wanted(*, content: bool) -> bool:
    """Send traces if a variable says where to; say whether they are.

    Args:
        content: Whether they hold questions and answers.
    """
    if not any(os.environ.get(name) for name in _WHERE):
        return False
    if importlib.util.find_spec("openinference") is None:
        logger.warning("No traces are sent. Install them: pip install 'stylegraph[telemetry]'")
        return False
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "stylegraph"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace_into(provider, content=content)
    return True


def trace_into(provider: TracerProvider, *, content: bool = False) -> None:
    """Make every run and node of this process a span.

    Args:
        provider: Where spans go.
        content: Whether they hold questions and answers, and what exceptions say.
    """
    from openinference.instrumentation import TraceConfig
    from openinference.instrumentation.langchain import LangChainInstrumentor

    hidden = not content
    config = TraceConfig(
        hide_inputs=hidden,
        hide_outputs=hidden,
        hide_input_messages=hidden,
        hide_output_messages=hidden,
        hide_prompts=hidden,
        hide_choices=hidden,
        hide_retrieval_documents=hidden,
        hide_llm_invocation_parameters=hidden,
    )
    if hidden:
        from stylegraph.graphs.server.observability.spans import WithoutWords

        provider.add_span_processor(WithoutWords())
    LangChainInstrumentor().instrument(tracer_provider=provider, config=config)
