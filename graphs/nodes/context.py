"""What the caller set for one run, whoever the caller is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from langgraph.runtime import Runtime

from stylegraph.agent.state import AssistantContext, Effort

_KINDS: Mapping[str, tuple[type, ...]] = {
    "user": (str,),
    "index": (str,),
    "image": (str, list),
    "only": (Mapping,),
    "budget": (Mapping,),
    "feedback": (Mapping,),
    "ask_back": (str,),
}
"""What each part of our context is, so that another graph's field of the same name is not taken for it."""


def context_of(runtime: Runtime[Any]) -> AssistantContext:
    """Return what the caller set; nothing of it where the context is another graph's.

    As a node of a larger graph, the assistant is handed that graph's context: a dataclass, a pydantic model, or a dict
    with fields of its own. Only a dict can be ours.
    """
    context = runtime.context
    if not isinstance(context, Mapping):
        return AssistantContext()
    ours = {name: value for name, value in context.items() if _is_ours(name, value)}
    return cast(AssistantContext, ours)


def _is_ours(name: str, value: object) -> bool:
    if name == "effort":
        return value in get_args(Effort)
    return isinstance(value, _KINDS.get(name, ()))
