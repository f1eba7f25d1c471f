"""What the caller set for one run, whoever the caller is."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast, get_args

from langgraph.runtime import Runtime

from stylegraph.agent.budget import Budget
from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.agent.evidence import EvidenceSource, IndexedSource
from stylegraph.agent.state import AssistantContext, Effort

_OPINIONS = ("like", "dislike")
_ASK_BACK = ("end", "interrupt")
_KINDS: Mapping[str, tuple[type, ...]] = {
    "user": (str,),
    "model": (str,),
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


async def check_context(context: object, sources: Collection[EvidenceSource], models: Sequence[str] = ()) -> None:
    """Check what a caller has set for the assistant; one with any other key is another graph's, and is left alone.

    Args:
        context: What they have set.
        sources: The sources, some of which have indexes.
        models: The chat models that may be chosen.

    Raises:
        InputError: Something of it can't be used; says what can.
    """
    if not isinstance(context, Mapping) or context.keys() - AssistantContext.__annotations__.keys():
        return
    given: Mapping[str, Any] = context
    _one_of("effort", given.get("effort"), get_args(Effort))
    _one_of("model", given.get("model"), models)
    _one_of("ask_back", given.get("ask_back"), _ASK_BACK)
    _check_budget(given.get("budget"))
    _check_lists("feedback", given.get("feedback"), _OPINIONS)
    _check_only(given.get("only"))
    _check_image(given.get("image"))
    if given.get("index") is not None:
        _one_of("index", given["index"], await _indexes(sources))


def _one_of(field: str, value: object, known: Sequence[str] | None) -> None:
    if value is not None and known is not None and value not in known:
        there = ", ".join(known) or "none"
        raise InputError(f"There is no {field} {_shown(value)}.", f"There is: {there}.")


async def _indexes(sources: Collection[EvidenceSource]) -> list[str] | None:
    """Return the names of all indexes; None where they can't be had now, which the search itself says."""
    try:
        return [name for source in sources if isinstance(source, IndexedSource) for name in await source.indexes()]
    except StylegraphError:
        return None


def _check_budget(budget: object) -> None:
    remedy = f'Give amounts for: {", ".join(Budget.__annotations__)}; such as {{"seconds": 20}}.'
    if budget is None:
        return
    if not isinstance(budget, Mapping):
        raise InputError(f"The budget {_shown(budget)} is no object.", remedy)
    if others := [part for part in budget if part not in Budget.__annotations__]:
        raise InputError(f"A budget has no {_shown(others[0])}.", remedy)
    if wrong := [part for part, amount in budget.items() if not _is_amount(amount)]:
        raise InputError(f"The budget's {wrong[0]} can't be {_shown(budget[wrong[0]])}.", remedy)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _check_lists(field: str, value: object, names: Sequence[str]) -> None:
    if value is None:
        return
    remedy = f"Give lists of ids under: {', '.join(names)}."
    if not isinstance(value, Mapping) or not all(_is_texts(one) for one in value.values()):
        raise InputError(f"`{field}` is no object with lists of texts.", remedy)
    if others := [name for name in value if name not in names]:
        raise InputError(f"`{field}` has no {_shown(others[0])}.", remedy)


def _check_only(value: object) -> None:
    """Check which documents a caller allows: what is not understood must not come to mean all of them."""
    if value is not None and not (isinstance(value, Mapping) and all(_is_texts(one) for one in value.values())):
        raise InputError("`only` is not fields with lists of values.", 'Give it as {"audience": ["staff"]}.')


def _check_image(value: object) -> None:
    if value is not None and not isinstance(value, str) and not _is_texts(value):
        raise InputError("`image` is no address and no list of addresses.", "Give web addresses or data URLs.")


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _shown(value: object) -> str:
    return repr(value)[:80]
