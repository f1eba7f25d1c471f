"""What the catalogue's source keeps of a turn for the next one: the wish, and the outfit that was shown."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from stylegraph.agent.evidence import SourceTask
from stylegraph.agent.reply import ItemSet


class WornOutfit(TypedDict):
    """An outfit that the person saw."""

    wish: str
    """The words that it was made for."""
    pieces: dict[str, str]
    """Slot -> id of the item that is worn there."""


class FashionMemory(TypedDict):
    """What is kept."""

    wish: dict[str, Any] | None
    """What was understood (`query.wish.Wish`): what "something cheaper" leans on."""
    outfit: WornOutfit | None
    """What "change only the shoes" leans on; None once single pieces were shown after it."""


def last_wish(task: SourceTask) -> dict[str, Any] | None:
    """Return the wish of the turn before, where that turn came here."""
    memory: FashionMemory | None = task.get("memory")
    return memory["wish"] if memory and task.get("followed", True) else None


def last_outfit(task: SourceTask) -> WornOutfit | None:
    """Return the outfit that the person saw last."""
    memory: FashionMemory | None = task.get("memory")
    return memory["outfit"] if memory else None


def worn(outfit: ItemSet) -> WornOutfit:
    """Return an outfit as it is kept."""
    return WornOutfit(wish=outfit.asked, pieces={piece.slot: piece.item.id for piece in outfit.pieces})
