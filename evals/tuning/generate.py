"""Self-Instruct (Wang et al. 2023): a chat model invents questions from examples, and only new ones join the pool."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated, Any, NamedTuple

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field, create_model

from stylegraph.agent.budget import Budget
from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.prompts import fenced
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import Language
from stylegraph.evals.tuning.pool import Class, Generated, Pair, Pool, Route, balanced

_FROM_SEEDS, _FROM_POOL = 3, 2
"""Examples of a call: mostly what people wrote, as in the paper."""
_GIVEN_UP = 4
"""Calls in a row that bring nothing new, after which a class is left."""
_KINDS: Mapping[Route, str] = {
    "documents": "answered by the user's own documents: clothes care, dress codes, handbooks, manuals, reports",
    "web": "must be looked up on the web: weather, news, opening hours, rates, trends, facts about the world",
    "fashion": "asks for clothes to be recommended, with some of colour, season, occasion, style, price, what to leave out",
    "image": "comes with a photo of clothes and asks about what is seen in it, or for something like it",
    "chat": "small talk, thanks, questions about the assistant itself, or something it does not do",
}
_NAMES: Mapping[Language, str] = {"ko": "Korean", "en": "English"}


class _Pairs(BaseModel):
    pairs: list[Pair]


class Outcome(NamedTuple):
    """What became of a run."""

    kept: int
    """How many joined the pool now."""
    calls: int
    refused: Counter[str]
    """Reason -> how many."""
    ended: str
    """Why it ended."""


async def generate(
    caller: ModelCaller,
    pool: Pool,
    out: Path,
    *,
    count: int,
    most_calls: int,
    each: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Ask for questions, class by class, until there are enough; each that is kept is on the disk before the next call.

    Args:
        caller: Calls the model.
        pool: What there is; it grows.
        out: Where lines are added.
        count: How many the file shall hold.
        most_calls: Calls of the model at most.
        each: Questions of one call.
        advance: Called with how many the file holds.
    """
    refused: Counter[str] = Counter()
    before, calls, idle = pool.size, 0, Counter[Class]()
    while pool.size < count and calls < most_calls:
        left = [one for one in pool.seeds if idle[one] < _GIVEN_UP]
        if not left:
            return Outcome(pool.size - before, calls, refused, "the model brings nothing new")
        wanted = balanced(pool, left)
        calls += 1
        asked = _Asked(wanted, min(each, count - pool.size), idle[wanted])
        kept = await _round(caller, pool, asked, out, calls, refused)
        idle[wanted] = 0 if kept else idle[wanted] + 1
        advance(pool.size)
    ended = "there are enough" if pool.size >= count else "the calls are used up"
    return Outcome(pool.size - before, calls, refused, ended)


class _Asked(NamedTuple):
    """What one call asks for."""

    wanted: Class
    each: int
    tried: int
    """Calls before it, in a row, that brought nothing new of this class: with the same examples it would answer the same."""


async def _round(caller: ModelCaller, pool: Pool, asked: _Asked, out: Path, number: int, refused: Counter[str]) -> int:
    """Make one call; gives how many of its questions were kept."""
    wanted, each, _ = asked
    call = caller.call(_state(number), "generate")
    try:
        said = await call.decide(_prompt(pool, asked), _form(each), 40 + 160 * each)
    except ModelError as error:
        if pool.size == 0 and number == 1:
            raise  # a server that can't be used at all is no reason to go on
        refused[f"no answer: {error.message}"] += 1
        return 0
    kept = 0
    for pair in said.pairs[:each]:
        reason = pool.refusal(pair, wanted)
        if reason:
            refused[reason] += 1
            continue
        _keep(pool, pair, wanted, caller.settings.model, out)
        kept += 1
    return kept


def _keep(pool: Pool, pair: Pair, wanted: Class, model: str, out: Path) -> None:
    name = f"{wanted.route}-{wanted.language}-{len(pool.generated[wanted]) + 1:04}"
    made = Generated(
        id=name,
        question=pair.question.strip(),
        answer=pair.answer.strip(),
        route=wanted.route,
        language=wanted.language,
        model=model,
    )
    with out.open("a", encoding="utf-8") as file:
        file.write(json.dumps(made.model_dump(), ensure_ascii=False) + "\n")
    pool.add(made)


def _prompt(pool: Pool, asked: _Asked) -> list[BaseMessage]:
    wanted = asked.wanted
    rules = Template(files(__package__).joinpath("generate.md").read_text(encoding="utf-8"))
    told = rules.substitute(count=asked.each, language=_NAMES[wanted.language], kind=_KINDS[wanted.route]).strip()
    examples = "\n".join(
        json.dumps(pair.model_dump(include={"question", "answer"}), ensure_ascii=False)
        for pair in _shown(pool, wanted, asked.tried)
    )
    return [SystemMessage(told), HumanMessage(fenced(examples=examples))]


def _shown(pool: Pool, wanted: Class, tried: int) -> Sequence[Pair]:
    """Choose the examples of a call: the same for the same pool and tries, so that a run can be repeated."""
    chance = random.Random(f"{wanted.route} {wanted.language} {pool.size} {tried}")
    seeds, grown = pool.seeds[wanted], pool.generated[wanted]
    shown = [
        *chance.sample(seeds, min(_FROM_SEEDS, len(seeds))),
        *chance.sample(grown, min(_FROM_POOL, len(grown))),
    ]
    chance.shuffle(shown)
    return shown


def _form(each: int) -> type[_Pairs]:
    """Return the form with at most as many pairs as are asked for: a small model would go on and on."""
    pairs = Annotated[list[Pair], Field(min_length=1, max_length=each)]
    return create_model("Pairs", __base__=_Pairs, pairs=(pairs, ...))


def _state(number: int) -> AssistantState:
    """Return what a call must know of a turn: each call is one, with room for its correction."""
    budget = Budget(model_calls=4, tokens=1_000_000, web_searches=0, seconds=3_600.0, revisions=0)
    turn: Any = {
        **{"id": f"generate-{number}", "asked": "", "language": "en", "user": "generate", "effort": "standard"},
        **{"index": None, "image": None, "started": time.time(), "budget": budget},
    }
    return AssistantState(turn=turn)
