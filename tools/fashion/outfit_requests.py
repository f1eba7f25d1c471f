"""Whether words ask for a whole outfit, or for another piece in the one that was shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stylegraph.agent.evidence import WornOutfit
from stylegraph.tools.fashion.pieces import slot_of, universal_reader
from stylegraph.tools.fashion.wishes.wish import Values

_ASKS = re.compile(
    r"코디(?!할|하기|하려|했)|착장|위 ?아래로|위 ?아래 ?(?:다|모두|전부|세트|한 ?벌)|머리부터 ?발끝|상 ?하의|한 ?벌로|ootd"
    r"|세트로 (?:입|맞|추천|골라)"
    r"|(?<!this )(?<!that )(?<!my )(?<!the )\boutfits?\b|\bhead[- ]to[- ]toe\b|\b(?:full|whole|complete|entire) (?:look|outfit)\b"
    r"|\bensemble\b|\btop and bottom\b|\btop to bottom\b|\bdress me\b|\bput (?:me )?together an?\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"바꿔|바꾸|바꿀|교체|다른 ?(?:거|것|걸|색|신발|구두|바지|치마|모자|옷)|말고|대신|더 (?:저렴|싼|싸)"
    r"|\b(?:change|swap|replace|switch|different|another|instead|cheaper)\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(r"그대로|유지|놔두|\bkeep\b|\bleave\b|\bstays?\b", re.IGNORECASE)
_SLOTS = {
    "bottom": re.compile(r"하의|\bbottoms?\b", re.IGNORECASE),
    "outer": re.compile(r"아우터|겉옷|\bouter ?(?:layer|wear)\b", re.IGNORECASE),
    "accessory": re.compile(r"소품|[액악]세[서사]리|\baccessor(?:y|ies)\b", re.IGNORECASE),
}
"""What an outfit's places are called where it is shown, and no garment is."""
_WANTS_ITEMS = re.compile(r"추천|보여|\b(?:recommend|suggest|show|find)\b", re.IGNORECASE)
_SIDES: Sequence[Literal["wanted", "excluded", "preferred", "alongside"]] = (
    "wanted",
    "excluded",
    "preferred",
    "alongside",
)
_CLAUSE = re.compile(r"[,.!?;\n]+\s*")


@dataclass(frozen=True)
class OutfitRequest:
    """What is asked of an outfit."""

    wish: str
    """The words that say what it is for."""
    changed: tuple[str, ...] | None = None
    """Slots that are to be filled anew while the rest stays; None: a new outfit."""


def outfit_request(text: str, last: WornOutfit | None, asked: str | None = None) -> OutfitRequest | None:
    """Read what is asked of an outfit; None if the words ask for single pieces, or something else.

    Args:
        text: The standalone question: a follow-up stands behind what it follows.
        last: The outfit that was shown before, if there was one.
        asked: The words as they came: what is to be changed stands there plainest.
    """
    if last is not None:
        clause = asked or next(reversed([clause for clause in _CLAUSE.split(text) if clause.strip()]), "")
        if changed := _changed(clause, last):
            return OutfitRequest(f"{last['wish']}, {clause}", changed)
    return OutfitRequest(text) if asks_for_outfit(text) else None


def asks_for_outfit(text: str) -> bool:
    """Tell whether words ask for an outfit rather than for single pieces."""
    return bool(_ASKS.search(text))


def _changed(clause: str, last: WornOutfit) -> tuple[str, ...]:
    if (_WANTS_ITEMS.search(clause) and "만" not in clause) or asks_for_outfit(clause):
        return ()
    keeps, named = _KEEPS.search(clause), _slots_named(clause)
    if not keeps and not _CHANGES.search(clause):  # "no heels, please": what is ruled out is changed
        named = _slots_of(universal_reader().read(clause)["excluded"])
    if keeps:
        return tuple(slot for slot in last["pieces"] if slot not in named) if named else ()
    return tuple(dict.fromkeys(_instead(slot, last) for slot in named))


def _slots_named(clause: str) -> Sequence[str]:
    read = universal_reader().read(clause)
    places = [slot for slot, words in _SLOTS.items() if words.search(clause)]
    return list(dict.fromkeys([*places, *_slots_of(*(read[side] for side in _SIDES))]))


def _slots_of(*sides: Values) -> Sequence[str]:
    kinds = [kind for side in sides for kind in side.get("category", [])]
    return list(dict.fromkeys(slot for kind in kinds if (slot := slot_of(kind))))


def _instead(slot: str, last: WornOutfit) -> str:
    """Give the slot of the outfit that a piece takes: there is no top to change where a dress is worn."""
    return "dress" if slot in {"top", "bottom"} and "dress" in last["pieces"] else slot
