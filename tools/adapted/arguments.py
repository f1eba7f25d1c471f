"""What a tool is called with: what a chat model chose, or the queries where its schema takes just a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import SourceTask

_QUERIES = ("query", "question", "q", "search", "text", "input", "keyword", "term")
"""Names of a parameter that takes what to look for, where none is required."""


def calls_of(tool: str, schema: Mapping[str, Any], task: SourceTask) -> list[dict[str, Any]]:
    """Return the arguments of each call that a task is.

    Args:
        tool: The tool's name.
        schema: JSON schema of its arguments.
        task: What is asked; its `arguments` are taken as they are.

    Raises:
        SourceError: The tool needs more than a text, and no chat model has chosen it.
    """
    if arguments := task.get("arguments"):
        return [dict(arguments)]
    parameter = _query_parameter(tool, schema)
    return [{parameter: query} for query in dict.fromkeys(task["queries"])] if parameter else [{}]


def _query_parameter(tool: str, schema: Mapping[str, Any]) -> str | None:
    properties, required = schema.get("properties", {}), list(schema.get("required", ()))
    texts = [name for name, about in properties.items() if _takes_text(about)]
    if len(required) > 1 or (required and required[0] not in texts):
        needed = ", ".join(required)
        raise SourceError(f"{tool} needs {needed}, which only a chat model can fill in.", "Set a chat model up.")
    return required[0] if required else next((name for name in _QUERIES if name in texts), None)


def _takes_text(about: Mapping[str, Any]) -> bool:
    kinds = [about, *about.get("anyOf", ())]
    return any(kind.get("type") == "string" and "enum" not in kind for kind in kinds)


def text_evidence_title(tool: str, arguments: Mapping[str, Any]) -> str:
    """Return what a tool's answer is called: its name, and what it was asked."""
    asked: Sequence[str] = [str(value) for value in arguments.values() if isinstance(value, str | int | float)]
    return f"{tool}: {', '.join(asked)}"[:120] if asked else tool
