"""How well the local router routes: `python -m stylegraph.evals.training.router [--split tune|test] [--misses]`.

The router is the one that the assistant opens with: the sample knowledge and catalogue are there, and are probed.
`--embed` writes what is learned from the prototypes, which is shipped so that the router starts in milliseconds;
`--follow` writes what is learned of follow-ups from the tune cases, and says how well that does on those left out.
`--left-out FAMILY` learns anew without one family of cases ("r8") and routes that: what to expect of unseen questions.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

import stylegraph.agent.local.router
from stylegraph.agent.budget import Budget
from stylegraph.agent.local.router.classifier import fitted_head
from stylegraph.agent.local.router.router import LocalRouter, Read, Taught
from stylegraph.agent.local.router.weights import NAME, pack
from stylegraph.agent.protocols import Router
from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import AssistantState, Routing, Turn
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import RouteCase, load_cases
from stylegraph.evals.training import followups, router_examples
from stylegraph.graphs.build import open_parts
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack

_NO_BUDGET = Budget(model_calls=0, tokens=0, web_searches=0, seconds=60.0, revisions=0)


class Routed(NamedTuple):
    """One case, routed."""

    case: RouteCase
    routing: Routing
    milliseconds: float

    @property
    def exact(self) -> bool:
        """Whether the set of routes is the labelled one."""
        return set(self.routing["routes"]) == set(self.case.routes)

    @property
    def stands_alone(self) -> bool:
        """Whether the standalone question has a word of every labelled group."""
        question = self.routing["question"].lower()
        return all(any(word.lower() in question for word in group) for group in self.case.standalone)

    @property
    def asks_rightly(self) -> bool:
        """Whether it is put back to the person where it should be, and only there."""
        return bool(self.routing["ask_back"]) == self.case.ask_back


async def route_all(cases: Sequence[RouteCase]) -> list[Routed]:
    """Route the cases, one after another, with the router that the assistant opens with."""
    with tempfile.TemporaryDirectory() as home:
        async with open_parts(load_settings(home=Path(home), samples=True)) as parts:
            await _route(parts.router, cases[0])  # learns
            return [await _route(parts.router, case) for case in cases]


async def _route(router: Router, case: RouteCase) -> Routed:
    state = as_state(case)
    began = time.perf_counter()
    routing = (await router.route(state))["routing"]
    return Routed(case, routing, 1000 * (time.perf_counter() - began))


def as_state(case: RouteCase) -> AssistantState:
    """Return the state that the router of a turn with this question sees."""
    said: list[AnyMessage] = [
        HumanMessage(one.content) if one.role == "user" else AIMessage(one.content) for one in case.history
    ]
    turn = Turn(
        id=case.id,
        asked=case.text,
        language=detect_language(case.text),
        user="local",
        effort="standard",
        index=None,
        image="picture" if case.image else None,
        started=0.0,
        budget=_NO_BUDGET,
    )
    return AssistantState(messages=[*said, HumanMessage(case.text)], turn=turn, shown=[], asked_back=False)


def kind_of(case: RouteCase) -> str:
    """Return the kind of question that a case is, for the report."""
    if case.history:
        return "follow-up"
    if case.ask_back:
        return "unclear"
    if case.image:
        return "pictured"
    return "several routes" if len(case.routes) > 1 else "one route"


def report(routed: Sequence[Routed]) -> str:
    """Return the figures of one split as text."""
    lines = [f"exact set of routes: {_share([one.exact for one in routed])}"]
    for kind in dict.fromkeys(kind_of(one.case) for one in routed):
        lines.append(f"  {kind:15}{_share([one.exact for one in routed if kind_of(one.case) == kind])}")
    for language in ("ko", "en"):
        lines.append(f"  {language:15}{_share([one.exact for one in routed if one.case.language == language])}")
    leaning = [one for one in routed if one.case.standalone]
    lines += [
        f"standalone question: {_share([one.stands_alone for one in leaning])}",
        f"language: {_share([one.routing['language'] == one.case.language for one in routed])}",
        f"asks back where it should, and only there: {_share([one.asks_rightly for one in routed])}",
        f"milliseconds a question, median: {np.median([one.milliseconds for one in routed]):.1f}",
        "",
        confusion(routed),
    ]
    return "\n".join(lines)


def confusion(routed: Sequence[Routed]) -> str:
    """Return the table of labelled sets (rows) and routed sets (columns), by their initials."""
    counts = Counter((_initials(one.case.routes), _initials(one.routing["routes"])) for one in routed)
    rows = sorted({wanted for wanted, _ in counts})
    columns = sorted({given for _, given in counts})
    head = f"{'':6}" + "".join(f"{column:>6}" for column in columns)
    body = [f"{row:6}" + "".join(f"{counts[row, column] or '.':>6}" for column in columns) for row in rows]
    return "\n".join(
        ["rows: labelled, columns: routed (d, w, i, f, c: documents, web, image, fashion, chat)", head, *body]
    )


def _initials(routes: Sequence[str]) -> str:
    return "".join(sorted({route[0] for route in routes}))


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags)}/{len(flags)} ({sum(flags) / max(1, len(flags)):.3f})"


def _misses(routed: Sequence[Routed]) -> str:
    wrong = [one for one in routed if not (one.exact and one.stands_alone and one.asks_rightly)]
    return "\n".join(
        f"- {one.case.text} | wanted {one.case.routes}, got {one.routing['routes']} | {one.routing['question']}"
        for one in wrong
    )


def embed() -> Path:
    """Write the labelled cases and what the router has learned of all its prototypes beside them; give the last file."""
    router_examples.write([case for case in load_cases("routes") if case.split == "tune"])
    path = Path(stylegraph.agent.local.router.__file__).with_name(NAME)
    embedder = LocalEmbedder()
    np.savez_compressed(path, **pack(embedder, asyncio.run(fitted_head(embedder))))
    return path


async def read_all(cases: Sequence[RouteCase]) -> list[tuple[RouteCase, Read]]:
    """Read the cases as the router that the assistant opens with does, before it decides."""
    with tempfile.TemporaryDirectory() as home:
        async with open_parts(load_settings(home=Path(home), samples=True)) as parts:
            if not isinstance(parts.router, LocalRouter):
                raise TypeError("another router than the local one is configured: unset the chat model's key")
            return [(case, await parts.router.read(as_state(case))) for case in cases]


async def route_left_out(family: str) -> list[Routed]:
    """Route a family of cases with a router that has learned neither from its questions nor from its follow-ups.

    Raises:
        ValueError: No case is of that family.
    """
    cases = load_cases("routes")
    mine = [case for case in cases if case.id.startswith(f"{family}-")]
    if not mine:
        families = ", ".join(sorted({case.id.partition("-")[0] for case in cases}))
        raise ValueError(f"There is no family {family!r} of cases: choose from {families}.")
    others = [case for case in cases if case.split == "tune" and case not in mine and case.history]
    embedder = LocalEmbedder()
    head = await fitted_head(embedder, frozenset(case.text for case in mine))
    with tempfile.TemporaryDirectory() as home:
        async with open_parts(load_settings(home=Path(home), samples=True)) as parts:
            asked_back = fashion_pack().clarifications
            learning = LocalRouter(embedder, parts.sources, Taught(head), clarifications=asked_back)
            read = [(case, await learning.read(as_state(case))) for case in others]
            names, examples = followups.examples_of(read)
            weights = dict(zip(names, map(float, followups.fit(examples)), strict=True))
            router = LocalRouter(embedder, parts.sources, Taught(head, weights), clarifications=asked_back)
            await _route(router, mine[0])
            return [await _route(router, case) for case in mine]


def follow(cases: Sequence[RouteCase]) -> str:
    """Write what is learned of the follow-ups among the cases; say how well it does on those left out."""
    names, examples = followups.examples_of(asyncio.run(read_all([case for case in cases if case.history])))
    path = followups.write(names, followups.fit(examples))
    return f"{len(examples)} follow-ups, right where left out: {followups.left_out(examples):.3f}\nwrote {path}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--misses", action="store_true", help="print what went wrong, case by case")
    parser.add_argument(
        "--embed", action="store_true", help="write what is learned from the prototypes, and nothing else"
    )
    parser.add_argument(
        "--follow", action="store_true", help="write what is learned of the tune split's follow-ups, and nothing else"
    )
    parser.add_argument(
        "--left-out", metavar="FAMILY", help="a family of cases that nothing is learned from, such as r8"
    )
    options = parser.parse_args()
    if options.left_out:
        try:
            routed = asyncio.run(route_left_out(options.left_out))
        except ValueError as unknown:
            parser.error(str(unknown))
        print(f"routes, {options.left_out} left out\n{report(routed)}")
        return
    if options.embed:
        print(f"wrote {embed()}")
        return
    cases = [case for case in load_cases("routes") if case.split == options.split]
    if options.follow:
        print(follow([case for case in load_cases("routes") if case.split == "tune"]))
        return
    if not cases:
        parser.error(f"there are no cases of the {options.split} split")
    routed = asyncio.run(route_all(cases))
    print(f"routes, {options.split} split")
    print(report(routed))
    if options.misses:
        print(_misses(routed))


if __name__ == "__main__":
    main()
