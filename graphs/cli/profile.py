"""`stylegraph profile`: what is known of a person, and how to make it forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.command import DefaultGroup, command
from stylegraph.graphs.cli.options import User
from stylegraph.graphs.cli.screen import Screen

Word = Annotated[
    str | None, typer.Argument(metavar="WORD", help="One word, as `profile show` writes it; everything otherwise.")
]


class _Group(DefaultGroup):
    default = "show"


app = typer.Typer(cls=_Group, help="Show what is known of a person, or forget it.")


async def show(screen: Screen, *, user: User = "local") -> None:
    """Show what is known of a person: only what they said themselves."""
    from stylegraph.agent.memory import read_profile
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_people

    async with open_people(load_settings()) as people:
        _show(screen, user, await read_profile(people, user))


async def forget(screen: Screen, word: Word = None, *, user: User = "local") -> None:
    """Forget one word about a person, or everything: also the pictures that they sent."""
    from stylegraph.agent import memory
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_people
    from stylegraph.tools.image.store import PictureStore

    settings = load_settings()
    async with open_people(settings) as people:
        known = await memory.read_profile(people, user)
        if word is not None and not any(word in words for words in known.values()):
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
command(app, "forget", forget, ("stylegraph profile forget 네이비", "stylegraph profile forget  # everything"))
