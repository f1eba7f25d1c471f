"""A wiki of board games, as a pack: `open_assistant(packs=["boardgames"])`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from boardgames.boxes import Boxes, named
from boardgames.wiki import EXAMPLES, Wiki, read
from stylegraph import Clarification, Pack, Settings, from_loader

WHICH = {
    "ko": Clarification(
        "어떤 게임을 말씀하세요?", "상자 사진이 함께 오지 않았어요. 게임 이름을 알려 주시겠어요?", read("ko")
    ),
    "en": Clarification(
        "Which game do you mean?", "No picture of the box came with this. Which game is it?", read("en")
    ),
}
CALLED = {
    "ko": {"place": "게임 위키", "label": "게임 위키", "part": "게임 위키에는 이렇게 나와 있어요."},
    "en": {"place": "the games' wiki", "label": "games' wiki", "part": "The games' wiki says:"},
}

SMALL_TALK = {
    "ko": {"greeting": "안녕하세요! 어떤 게임이 궁금하세요?"},
    "en": {"greeting": "Hello! Which game would you like to know about?"},
}


@asynccontextmanager
async def open_pack(settings: Settings) -> AsyncIterator[Pack]:
    """Open the wiki: it is indexed the first time, and again where it changed."""
    wiki = from_loader(Wiki(), name="games", description="A wiki of board games: their rules.", examples=EXAMPLES)
    async with wiki(settings) as sources:
        yield Pack(
            sources=sources,
            instructions="Name the game that a rule is of. Say so where a rule differs between editions.",
            phrases={"games": CALLED},
            small_talk=SMALL_TALK,
            clarifications=WHICH,
            viewer=Boxes(settings),
            rewrite=named,
        )
