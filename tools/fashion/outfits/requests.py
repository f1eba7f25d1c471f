"""Whether words ask for a whole outfit, or for another piece in the one that was shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stylegraph.tools.fashion.items.pieces import slot_of, universal_reader
from stylegraph.tools.fashion.outfits.memory import WornOutfit
from stylegraph.tools.fashion.query.wish import Values

_ASKS = re.compile(
    r"코디(?!할|하기|하려|했)|착장|위 ?아래로|위 ?아래 ?(?:다|모두|전부|세트|한 ?벌)|머리부터 ?발끝|상 ?하의|한 ?벌로|ootd"
    r"|세트로 (?:입|맞|추천|골라)"
    r"|(?<!this )(?<!that )(?<!my )(?<!the )\boutfits?\b|\bhead[- ]to[- ]toe\b|\b(?:full|whole|complete|entire) (?:look|outfit)\b"
    r"|\bensemble\b|\btop and bottom\b|\btop to bottom\b|\bdress me\b|\bput (?:me )?together an?\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"바꿔|바꾸|바꿀|바꿨|교체|(?:다른|딴) ?[가-힣]|말고|대신|더 (?:저렴|싼|싸)"
    r"|\b(?:change|swap|replace|switch|different|another|other|instead|cheaper)\b",
    re.IGNORECASE,
)
_SPURNS = re.compile(
    r"(?:마음|맘)에 ?(?:안|별로)|(?<![가-힣])별로|싫|안 ?어울"
    r"|\b(?:(?:do|does|did)(?:n['’]?t| not) (?:like|love|suit|work)|hate|not (?:a fan|keen)|not sure about)\b",
    re.IGNORECASE,
)
"""What is said of a piece that is shown: no taste, and another one is wanted."""
_OTHERS = re.compile(r"(?:다른|딴) ?[가-힣]|\b(?:another|other|different|more)\b", re.IGNORECASE)
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
_ASKS_WHY = re.compile(
    r"어떻게|왜|뭐|뭘|무엇|무슨|언제|어디|얼마|\b(?:how|why|what(?! about)|when|where|which|who|should|wash|remove)\b",
    re.IGNORECASE,
)
"""Words of a question about garments, which is none about the outfit."""
_LONGEST_BID = 60
_ADDED = "accessory"
"""What may be changed where none is worn yet."""
_CLAUSE = re.compile(r"[,.!?;\n]+\s*")


@dataclass(frozen=True)
class OutfitRequest:
    """What is asked of an outfit."""

    wish: str
    """The words that say what it is for."""
    changed: tuple[str, ...] | None = None
    """Slots that are to be filled anew while the rest stays; None: a new outfit."""
    anew: bool = False
    """Whether another piece is asked for there: "something else than the shoes" still wants shoes, "no shoes" does not."""


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
            return OutfitRequest(f"{last['wish']}, {clause}", changed, _wants_another(clause))
        if _shows_others(clause):
            return None
    return OutfitRequest(text) if asks_for_outfit(text) else None


def changes_outfit(asked: str, last: WornOutfit | None) -> bool:
    """Check whether words, as they came, plainly bid to change pieces of the outfit that was shown, and ask nothing else."""
    if last is None or len(asked) > _LONGEST_BID or _ASKS_WHY.search(asked) or not _wants_another(asked):
        return False
    return any(slot in last["pieces"] or slot == _ADDED for slot in _changed(asked, last))


def asks_for_outfit(text: str) -> bool:
    """Check whether words ask for an outfit rather than for single pieces."""
    return bool(_ASKS.search(text))


def _changed(clause: str, last: WornOutfit) -> tuple[str, ...]:
    if (_WANTS_ITEMS.search(clause) and "만" not in clause) or asks_for_outfit(clause):
        return ()
    keeps, named = _KEEPS.search(clause), _slots_named(clause)
    if not keeps and not _wants_another(clause):  # "no heels, please": what is ruled out is changed
        named = _slots_of(universal_reader().read(clause)["excluded"])
    if keeps:
        return tuple(slot for slot in last["pieces"] if slot not in named) if named else ()
    return tuple(dict.fromkeys(_instead(slot, last) for slot in named))


def _wants_another(clause: str) -> bool:
    return bool(_CHANGES.search(clause) or _SPURNS.search(clause))


def _shows_others(clause: str) -> bool:
    """Check whether other single pieces are to be shown, beside the outfit: "show me other jackets"."""
    wants = _WANTS_ITEMS.search(clause) and _OTHERS.search(clause) and not asks_for_outfit(clause)
    return bool(wants and _slots_named(clause))


def _slots_named(clause: str) -> Sequence[str]:
    read = universal_reader().read(clause)
    places = [slot for slot, words in _SLOTS.items() if words.search(clause)]
    return list(dict.fromkeys([*places, *_slots_of(*(read[side] for side in _SIDES))]))


def _slots_of(*sides: Values) -> Sequence[str]:
    kinds = [kind for side in sides for kind in side.get("category", [])]
    return list(dict.fromkeys(slot for kind in kinds if (slot := slot_of(kind))))


def _instead(slot: str, last: WornOutfit) -> str:
    """Return the slot of the outfit that a piece takes: there is no top to change where a dress is worn."""
    return "dress" if slot in {"top", "bottom"} and "dress" in last["pieces"] else slot
