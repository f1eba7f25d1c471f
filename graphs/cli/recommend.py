"""`stylegraph recommend`: items of the catalogue for a wish, and nothing is written about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.graphs.cli.options import Count, User, read_text
from stylegraph.graphs.cli.screen import Screen

if TYPE_CHECKING:
    from stylegraph.agent.evidence import Note
    from stylegraph.agent.reply import Recommendation

Wish = Annotated[str, typer.Argument(metavar="WISH", help="In your words; - reads it from standard input.")]

EXAMPLES = (
    'stylegraph recommend "여름에 입을 시원한 셔츠, 빨간색 말고 5만원 이하"',
    'stylegraph recommend "something for a summer wedding" -k 3 --json',
)
_NOTHING = {"ko": "맞는 옷을 찾지 못했어요.", "en": "Nothing fits."}


async def recommend(screen: Screen, wish: Wish, *, k: Count = 6, user: User = "local") -> None:
    """Recommend items of the fashion catalogue, each with the reasons why."""
    from stylegraph.agent.memory import read_profile
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_people
    from stylegraph.graphs.turn import checked_question
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.source import FashionSource

    settings = load_settings()
    text = checked_question(read_text(wish), settings.question_max_chars)
    async with open_people(settings) as people:
        profile = await read_profile(people, user)
    source = await FashionSource.open(settings.home, LocalEmbedder(), settings.catalogue)
    try:
        items, notes = await source.recommend(text, k, profile=profile)
    finally:
        await source.close()
    _show(screen, text, items, notes)


def _show(screen: Screen, wish: str, items: list[Recommendation], notes: list[Note]) -> None:
    from stylegraph.agent.language import detect_language
    from stylegraph.graphs.cli.reply import show_item

    language = detect_language(wish)
    if screen.json:
        shown = [item.model_dump(mode="json") for item in items]
        screen.record({"wish": wish, "recommendations": shown, "notes": notes})
        return
    if not items:
        screen.say(_NOTHING[language])
    for number, item in enumerate(items, start=1):
        show_item(screen, number, item, language, pictures=True)
    for note in notes:
        screen.say(f"· {note['text']}", "dim")
