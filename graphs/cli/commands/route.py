"""`stylegraph route`: where a question would go, and nothing is looked up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.options import Images, Out, Questions, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stylegraph.agent.evidence import Condition
    from stylegraph.agent.settings import Settings
    from stylegraph.agent.state import AssistantState, Routing
    from stylegraph.graphs.assistant import Parts
    from stylegraph.graphs.cli.ui.screen import Screen

Question = Annotated[
    str | None, typer.Argument(metavar="QUESTION", help="In Korean or English; - reads it from standard input.")
]

EXAMPLES = (
    'stylegraph route "5만원 이하 여름 셔츠 추천해줘"',
    'stylegraph route "What is this?" --image shirt.jpg --json',
    "stylegraph route --questions in.jsonl --out out.jsonl  # lines of id, text, perhaps history, image",
)
_PICTURE = "picture"
_WORKERS = 4


async def route(
    screen: Screen, question: Question = None, *, image: Images = None, questions: Questions = None, out: Out = None
) -> None:
    """Report where a question goes: the routes, the question as it stands alone, and the conditions in its words."""
    from stylegraph.graphs.build import open_parts

    if (question is None) == (questions is None):
        raise InputError("Give one question, or a file of them with --questions.", "See: stylegraph route --help.")
    async with open_parts() as parts:
        if question is not None:
            state = _state(parts.settings, read_text(question), image=_PICTURE if image else None)
            _show(screen, (await parts.router.route(state))["routing"])
        elif questions is not None:
            await _route_all(screen, parts, questions, out)


async def _route_all(screen: Screen, parts: Parts, questions: Path, out: Path | None) -> None:
    from pydantic import BaseModel, Field

    from stylegraph.graphs.cli.ui.bulk import Entry, Job, run_bulk

    class Message(BaseModel):
        role: Literal["user", "assistant"]
        content: str

    class Asked(Entry):
        history: list[Message] = Field(default_factory=list)
        image: bool = False

    async def answer(entry: Asked) -> dict[str, Any]:
        said = [(message.role, message.content) for message in entry.history]
        state = _state(parts.settings, entry.text, said, _PICTURE if entry.image else None)
        return _record((await parts.router.route(state))["routing"])

    await run_bulk(screen, Job(Asked, answer, "Routing", _WORKERS), questions, out)


def _state(
    settings: Settings, text: str, said: Sequence[tuple[str, str]] = (), image: str | None = None
) -> AssistantState:
    """Return the state as the graph has it when a turn has begun in which this is asked, after that was said."""
    from langchain_core.messages import AIMessage, HumanMessage

    from stylegraph.agent.state import Turn
    from stylegraph.agent.text.language import detect_language
    from stylegraph.graphs.nodes.turn import checked_question

    asked = checked_question(text, settings.question_max_chars)
    before = [HumanMessage(content) if role == "user" else AIMessage(content) for role, content in said]
    turn = Turn(
        id="route",
        asked=asked,
        language=detect_language(asked),
        user="local",
        effort=settings.effort,
        index=None,
        image=image,
        started=time.time(),
        budget=settings.budget,
    )
    return {"messages": [*before, HumanMessage(asked)], "turn": turn, "profile": {}, "notes": [], "ledger": []}


def _record(routing: Routing) -> dict[str, Any]:
    return {
        "routes": routing["routes"],
        "standalone": routing["question"],
        "language": routing["language"],
        "filters": routing["filters"],
        "ask_back": routing["ask_back"],
    }


def _show(screen: Screen, routing: Routing) -> None:
    from stylegraph.graphs.progress import route_name

    if screen.json:
        screen.record(_record(routing))
        return
    language = routing["language"]
    screen.say(", ".join(route_name(route, language) for route in routing["routes"]), "bold")
    screen.say(routing["question"])
    for route, filters in routing["filters"].items():
        for field, condition in filters.items():
            screen.say(f"  {route_name(route, language)}: {field} {_words(condition)}", "dim")
    if routing["ask_back"]:
        screen.say(routing["ask_back"], "yellow")


def _words(condition: Condition) -> str:
    said = [", ".join(condition["any"])] if "any" in condition else []
    said += [f"not {', '.join(condition['none'])}"] if "none" in condition else []
    said += [f"at least {condition['gte']:,g}"] if "gte" in condition else []
    said += [f"at most {condition['lte']:,g}"] if "lte" in condition else []
    return "; ".join(said)
