"""Tells a game by the colour of its box, and asks the wiki about that one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boardgames.wiki import pages
from stylegraph import Settings, make_evidence, open_pictures

NEAR = 25
"""How far a box's red, green and blue may be from what is known of it: the light is never the same."""


class Boxes:
    """Looks at pictures of boxes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def look(self, state: Any) -> Mapping[str, Any]:
        """Return which game each picture shows."""
        language = state["turn"]["language"]
        opened, notes = await open_pictures(state, self._settings)
        games = [
            game for picture in opened.values() for game in games_of(picture.pixels.resize((1, 1)).getpixel((0, 0)))
        ]
        evidence = [
            make_evidence("image", game[language]["name"], said(game[language]["name"], language)) for game in games
        ]
        return {"seen": [{"game": game["id"]} for game in games], "evidence": evidence, "notes": notes}


def games_of(colour: tuple[int, int, int]) -> list[dict[str, Any]]:
    """Return the games whose box has about that colour."""
    return [game for game in pages() if all(abs(a - b) < NEAR for a, b in zip(game["box"], colour, strict=True))]


def said(name: str, language: str) -> str:
    """Return what a picture shows, as a sentence that can be cited."""
    return f"사진은 '{name}' 게임 상자예요." if language == "ko" else f"The picture shows the box of {name}."


def named(routing: Any, state: Any) -> Any:
    """Name the game that the picture shows in what the wiki is asked."""
    games = [one["game"] for one in state.get("seen", []) if "game" in one]
    asked = routing["queries"].get("games")
    if not games or not asked:
        return routing
    names = [game[routing["language"]]["name"] for game in pages() if game["id"] in games]
    about = f"{', '.join(names)}: {' '.join(asked)}"
    changed = {
        name: {**routing.get(name, {}), "games": value} for name, value in (("queries", [about]), ("parts", about))
    }
    return {**routing, **changed}
