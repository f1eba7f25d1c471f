"""`stylegraph recommend`: items of the catalogue for a wish, and nothing is written about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from stylegraph.graphs.cli.options import Count, User, read_text
from stylegraph.graphs.cli.screen import Screen

if TYPE_CHECKING:
    from stylegraph.agent.evidence import EvidenceSource, Note, SourceTask
    from stylegraph.agent.reply import Recommendation
    from stylegraph.agent.state import AssistantState, Turn

Wish = Annotated[str, typer.Argument(metavar="WISH", help="In your words; - reads it from standard input.")]

EXAMPLES = (
    'stylegraph recommend "여름에 입을 시원한 셔츠, 빨간색 말고 5만원 이하"',
    'stylegraph recommend "something for a summer wedding" -k 3 --json',
)
_ROUTE = "fashion"
_NOTHING = {"ko": "맞는 옷을 찾지 못했어요.", "en": "Nothing fits."}


async def recommend(screen: Screen, wish: Wish, *, k: Count = 6, user: User = "local") -> None:
    """Recommend items of the fashion catalogue, each with the reasons why."""
    from stylegraph.agent.local.presenting import recommendations
    from stylegraph.agent.memory import read_profile
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_parts, open_people
    from stylegraph.graphs.cli.asked import asked_state

    settings = load_settings()
    state = asked_state(settings, read_text(wish), user=user)
    async with open_people(settings) as people:
        state["profile"] = {**await read_profile(people, user)}
    async with open_parts(settings) as parts:
        source = next(source for source in parts.sources if source.name == _ROUTE)
        gathered = await source.gather(_task(source, state, k))
    items = [item for piece in gathered.get("evidence", []) for item in recommendations([piece])]
    _show(screen, state["turn"], items[:k], gathered.get("notes", []))


def _task(source: EvidenceSource, state: AssistantState, k: int) -> SourceTask:
    """Put the wish to the source as the graph would."""
    from stylegraph.agent.evidence import FilteringSource
    from stylegraph.graphs.plan import Plan

    text = state["turn"]["asked"]
    state["routing"] = {
        "question": text,
        "language": state["turn"]["language"],
        "routes": [_ROUTE],
        "queries": {},
        "filters": {_ROUTE: source.read_filters(text) if isinstance(source, FilteringSource) else {}},
        "ask_back": None,
        "choices": [],
        "confidence": 1.0,
    }
    sends = Plan({_ROUTE: source}, k).to_sources(state)
    return cast("SourceTask", sends[0].arg if isinstance(sends, list) else {})


def _show(screen: Screen, turn: Turn, items: list[Recommendation], notes: list[Note]) -> None:
    from stylegraph.graphs.cli.reply import show_item

    if screen.json:
        shown = [item.model_dump(mode="json") for item in items]
        screen.record({"wish": turn["asked"], "recommendations": shown, "notes": notes})
        return
    if not items:
        screen.say(_NOTHING[turn["language"]])
    for number, item in enumerate(items, start=1):
        show_item(screen, number, item, turn["language"], pictures=True)
    for note in notes:
        screen.say(f"· {note['text']}", "dim")
