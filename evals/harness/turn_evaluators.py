"""What is judged of a turn of the whole assistant, beside `evaluators`: each looks at one kind of label of an `AskCase`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic_evals.evaluators import Evaluator

from stylegraph.agent.reply import Recommendation
from stylegraph.evals.harness.ask_cases import Wanted
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.evaluators import Context, Results
from stylegraph.evals.harness.relevance import Item, affordable, meets
from stylegraph.evals.harness.trace import Watched
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

_FIGURE = re.compile(r"\d[\d.,]*")
_MARK = re.compile(r"\[\d+\]")
_GOOD_RULE = 0.5
"""From which a rule of an outfit is kept."""


@dataclass(repr=False)
class StandsAlone(Evaluator[Any, Watched, Any]):
    """The question as it was understood needs no conversation beside it."""

    def evaluate(self, ctx: Context) -> Results:
        """Look for what it takes from the earlier turns, and for what it adds."""
        groups = ctx.inputs.standalone
        understood = ctx.output.understood.lower()
        return {"standalone": all(_any(group, understood) for group in groups)} if groups else {}


@dataclass(repr=False)
class LookedFor(Evaluator[Any, Watched, Any]):
    """The queries that a source was sent hold the words without which they would find something else."""

    def evaluate(self, ctx: Context) -> Results:
        """Read all queries of a route as one text."""
        found = [
            _any(group, " ".join(ctx.output.queries.get(route, [])).lower())
            for route, groups in ctx.inputs.queries.items()
            for group in groups
        ]
        return {"query terms": sum(found) / len(found)} if found else {}


@dataclass(repr=False)
class NothingMadeUp(Evaluator[Any, Watched, Any]):
    """The answer says nothing that it must not, and every figure of a cited answer stands in what was found or in the question."""

    def evaluate(self, ctx: Context) -> Results:
        """Look for the words, and for each figure."""
        case, reply = ctx.inputs, ctx.output.reply
        results: Results = {}
        if case.never:
            results["nothing made up"] = not any(holds(reply.text, [word]) for word in case.never)
        figures = _FIGURE.findall(_MARK.sub("", reply.text)) if reply.citations and not reply.recommendations else []
        if figures:
            known = " ".join([*(f"{piece['title']} {piece['text']}" for piece in reply.evidence), case.asked])
            results["figures borne"] = sum(figure.strip(".,") in known for figure in figures) / len(figures)
        return results


@dataclass(repr=False)
class Noted(Evaluator[Any, Watched, Any]):
    """What went differently than asked is said in the notes."""

    def evaluate(self, ctx: Context) -> Results:
        """Look for the notes' codes."""
        wanted = set(ctx.inputs.notes)
        return {"noted": wanted <= {note["code"] for note in ctx.output.reply.notes}} if wanted else {}


@dataclass(repr=False)
class Constraints(Evaluator[Any, Watched, Any]):
    """The share of recommended items that meet all that the wish asks outright; none recommended is none met."""

    def evaluate(self, ctx: Context) -> Results:
        """Judge each item by the catalogue's attributes."""
        wanted = ctx.inputs.items
        if wanted is None:
            return {}
        shown = ctx.output.reply.recommendations
        return {"constraints": sum(_is_wanted(item, wanted) for item in shown) / max(1, len(shown))}


@dataclass(repr=False)
class OutfitKept(Evaluator[Any, Watched, Any]):
    """An outfit has the pieces that it needs, each slot once, keeps its rules, and costs no more than it may."""

    def evaluate(self, ctx: Context) -> Results:
        """Count slots, rules and prices."""
        wanted, outfit = ctx.inputs.outfit, ctx.output.reply.item_set
        if wanted is None:
            return {}
        if outfit is None:
            return {"outfit": False}
        slots = [piece.slot for piece in outfit.pieces]
        complete = all(set(group) & set(slots) for group in wanted.slots) and len(set(slots)) == len(slots)
        cost = sum(_items()[piece.item.id]["price_krw"] for piece in outfit.pieces)
        results: Results = {
            "outfit": complete,
            "outfit rules": sum(value >= _GOOD_RULE for value in outfit.rules.values()) / max(1, len(outfit.rules)),
        }
        if wanted.total_krw is not None:
            results["within its price"] = cost <= wanted.total_krw
        return results


def _any(group: Sequence[str], text: str) -> bool:
    return any(word.lower() in text for word in group)


def _is_wanted(shown: Recommendation, wanted: Wanted) -> bool:
    item = _items().get(shown.id)
    if item is None:
        return False
    met = all(meets(item, group) for group in wanted.must) and not any(meets(item, group) for group in wanted.never)
    return met and affordable(wanted.price, item)


@cache
def _items() -> Mapping[str, Item]:
    return {item["id"]: item for item in sample_items()}
