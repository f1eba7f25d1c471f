"""`stylegraph profile`: what is known of a person, how to correct it, and how to make it forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import DefaultGroup, command
from stylegraph.graphs.cli.ui.options import User

if TYPE_CHECKING:
    from stylegraph.agent.profile import Feedback
    from stylegraph.graphs.cli.ui.screen import Screen

Word = Annotated[
    str | None,
    typer.Argument(
        metavar="FIELD|WORD", help="A field or one word, as `profile show` writes it; everything otherwise."
    ),
]
Item = Annotated[str, typer.Argument(metavar="ITEM", help="An item's id, as `recommend --json` gives it.")]
Field = Annotated[str, typer.Argument(metavar="FIELD", help="likes, dislikes, sizes, budget, liked or disliked.")]
Words = Annotated[list[str], typer.Argument(metavar="WORD...", help="What it says from now on.")]


class _Group(DefaultGroup):
    default = "show"


_SUMMARY = "Show what is known of a person, correct it, or forget it."
app = typer.Typer(cls=_Group, help=_SUMMARY, short_help=_SUMMARY)


async def show(screen: Screen, *, user: User = "local") -> None:
    """Show what is known of a person: only what they said themselves."""
    from stylegraph.agent.profile import read_profile
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_people

    async with open_people(load_settings()) as people:
        _show(screen, user, await read_profile(people, user))


async def like(screen: Screen, item: Item, *, user: User = "local") -> None:
    """State that you like an item: what it has in common with others that you like counts from now on."""
    await _judge(screen, item, "like", user)


async def dislike(screen: Screen, item: Item, *, user: User = "local") -> None:
    """State that you don't like an item: it is not recommended to you again."""
    await _judge(screen, item, "dislike", user)


async def _judge(screen: Screen, item: str, feedback: Feedback, user: str) -> None:
    from stylegraph.agent.profile import give_feedback
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_people
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.opening import open_fashion

    settings = load_settings()
    _check_on(settings.profile)
    async with open_fashion(settings, LocalEmbedder()) as fashion:
        if not await fashion.has(item):
            raise InputError(f"The catalogue has no item {item[:80]!r}.", 'See: stylegraph recommend "..." --json.')
    async with open_people(settings) as people:
        _show(screen, user, await give_feedback(people, user, item, feedback))


async def put(screen: Screen, field: Field, words: Words, *, user: User = "local") -> None:
    """Correct what is known: a field says these words from now on, and nothing else."""
    from stylegraph.agent.profile import correct
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_people

    settings = load_settings()
    _check_on(settings.profile)
    async with open_people(settings) as people:
        _show(screen, user, await correct(people, user, field, words))


def _check_on(on: bool) -> None:
    if not on:
        raise InputError("The profile is off, so nothing is kept.", "Set STYLEGRAPH_PROFILE=true.")


async def forget(screen: Screen, word: Word = None, *, user: User = "local") -> None:
    """Forget a field or one word about a person, or everything: also the pictures that they sent."""
    from stylegraph.agent import profile as memory
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.persistence import open_people
    from stylegraph.tools.image.store import PictureStore

    settings = load_settings()
    async with open_people(settings) as people:
        known = await memory.read_profile(people, user)
        if word is not None and word not in known and not any(word in words for words in known.values()):
            raise InputError(f"Nothing called {word!r} is known of {user}.", "See: stylegraph profile show.")
        left = await memory.forget(people, user, word)
    if word is None and (pictures := await PictureStore(settings).forget(user)):
        screen.tell(f"{pictures} picture{'s' if pictures > 1 else ''} removed.")
    _show(screen, user, left)


def _show(screen: Screen, user: str, profile: Mapping[str, Sequence[str]]) -> None:
    if screen.json:
        screen.record({"user": user, "profile": profile})
    elif not profile:
        screen.say(f"Nothing is known of {user}.")
    for field, words in profile.items() if not screen.json else ():
        screen.say(f"{field}: {', '.join(words)}")


command(app, "show", show, ("stylegraph profile", "stylegraph profile show --user kim --json"))
command(app, "like", like, ("stylegraph profile like sg001",))
command(app, "dislike", dislike, ("stylegraph profile dislike sg001",))
command(app, "set", put, ("stylegraph profile set likes 네이비 린넨", 'stylegraph profile set budget "5만원 이하"'))
command(
    app,
    "forget",
    forget,
    ("stylegraph profile forget 네이비", "stylegraph profile forget likes", "stylegraph profile forget  # everything"),
)
