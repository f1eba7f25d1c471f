"""The pictures that came with a turn, opened."""

from __future__ import annotations

from collections.abc import Mapping

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import Note
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import Language
from stylegraph.tools.image.picture import Picture
from stylegraph.tools.image.store import PictureStore

_UNREADABLE: Mapping[Language, str] = {
    "ko": "사진이 더는 남아 있지 않아요. 다시 보내 주시면 볼게요.",
    "en": "The picture is no longer kept. Send it again and it is looked at.",
}


async def open_pictures(state: AssistantState, settings: Settings) -> tuple[dict[str, Picture], list[Note]]:
    """Return a turn's pictures by the references that the state has, and notes on those that are no longer kept."""
    turn, store = state["turn"], PictureStore(settings)
    opened, notes = dict[str, Picture](), list[Note]()
    for reference in turn.get("images") or []:
        try:
            opened[reference] = await store.open(reference, turn["user"])
        except InputError:
            notes.append(Note(code="image_unreadable", text=_UNREADABLE[turn["language"]]))
    return opened, notes
