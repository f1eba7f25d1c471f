"""`stylegraph recommend`: items of the catalogue for a wish, and nothing is written about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.graphs.cli.ui.lookbook import HtmlFile, check_place, write_lookbook
from stylegraph.graphs.cli.ui.options import Count, User, read_text

if TYPE_CHECKING:
    from stylegraph.agent.evidence import Note
    from stylegraph.agent.html.page import Lookbook
    from stylegraph.agent.reply import ItemSet, Recommendation
    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.ui.screen import Screen

Wish = Annotated[str, typer.Argument(metavar="WISH", help="In your words; - reads it from standard input.")]
AsOutfit = Annotated[bool, typer.Option("--outfit", help="A whole outfit, with what else would do in each place.")]
Around = Annotated[
    str | None,
    typer.Option("--around", metavar="ITEM", help="With --outfit: an item's id, or a garment you have, in words."),
]

EXAMPLES = (
    'stylegraph recommend "여름에 입을 시원한 셔츠, 빨간색 말고 5만원 이하"',
    'stylegraph recommend "something for a summer wedding" -k 3 --json',
    'stylegraph recommend "20만원 이하 가을 출근 코디" --outfit',
    'stylegraph recommend --outfit --around "a navy wool blazer" --html look.html  # a page to show around',
)
_NOTHING = {"ko": "맞는 옷을 찾지 못했어요.", "en": "Nothing fits."}


async def recommend(
    screen: Screen,
    wish: Wish = "",
    *,
    k: Count = 6,
    user: User = "local",
    outfit: AsOutfit = False,
    around: Around = None,
    html: HtmlFile = None,
) -> None:
    """Recommend items of the fashion catalogue, or an outfit made of them, each with the reasons why."""
    from stylegraph.agent.errors import InputError
    from stylegraph.agent.profile import read_profile
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.nodes.turn import checked_question
    from stylegraph.graphs.persistence import open_people
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.opening import open_fashion

    settings = load_settings()
    check_place(html)
    if around and not outfit:
        raise InputError("--around is for outfits.", "Add --outfit.")
    text = checked_question(read_text(wish), settings.question_max_chars) if wish or not outfit else ""
    async with open_people(settings) as people:
        profile = await read_profile(people, user) if settings.profile else {}
    async with open_fashion(settings, LocalEmbedder()) as source:
        if outfit:
            made, notes = await source.outfit(text, around=around, profile=profile)
            _show_outfit(screen, text or around or "", made, notes)
            book = _book(text or around or "", [], made, notes, settings)
        else:
            items, notes = await source.recommend(text, k, profile=profile)
            _show(screen, text, items, notes)
            book = _book(text, items, None, notes, settings)
    write_lookbook(screen, html, book, settings)


def _book(
    wish: str, items: list[Recommendation], item_set: ItemSet | None, notes: list[Note], settings: Settings
) -> Lookbook:
    from stylegraph.agent.html.page import Lookbook
    from stylegraph.agent.text.language import detect_language

    sample = settings.catalogue_in_use is None
    return Lookbook(wish, detect_language(wish), items=items, item_set=item_set, notes=notes, sample=sample)


def _show_outfit(screen: Screen, wish: str, made: ItemSet | None, notes: list[Note]) -> None:
    from stylegraph.agent.text.language import detect_language
    from stylegraph.graphs.cli.ui.reply import show_item_set

    if screen.json:
        screen.record({"wish": wish, "outfit": made.model_dump(mode="json") if made else None, "notes": notes})
        return
    if made:
        show_item_set(screen, made, detect_language(wish))
    for note in notes:
        screen.say(f"· {note['text']}", "dim")


def _show(screen: Screen, wish: str, items: list[Recommendation], notes: list[Note]) -> None:
    from stylegraph.agent.text.language import detect_language
    from stylegraph.graphs.cli.ui.reply import show_items

    language = detect_language(wish)
    if screen.json:
        shown = [item.model_dump(mode="json") for item in items]
        screen.record({"wish": wish, "recommendations": shown, "notes": notes})
        return
    if not items:
        screen.say(_NOTHING[language])
    show_items(screen, items, language)
    for note in notes:
        screen.say(f"· {note['text']}", "dim")
