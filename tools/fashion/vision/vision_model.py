"""Looks at pictures with a vision chat model: one call gives the same look as the network does, and an answer."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from langchain_core.messages import BaseMessage, HumanMessage
from pydantic import BaseModel, Field

from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import ModelError
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.client import Call, ModelCaller
from stylegraph.agent.llm.prompts import prompt
from stylegraph.agent.state import AssistantState, Turn
from stylegraph.agent.text.patterns import tells
from stylegraph.tools.fashion.vision.look import Attributes, Look, NamedColour
from stylegraph.tools.fashion.vision.vocabulary import (
    HEXES,
    Audience,
    Category,
    Colour,
    Material,
    Occasion,
    Pattern,
    Season,
    Sleeve,
    Style,
    label_of,
)
from stylegraph.tools.image.picture import Picture

_LANGUAGES = {"ko": "Korean", "en": "English"}
_CERTAIN = {"certain": 0.95, "likely": 0.75, "guess": 0.4}
_LONGEST_ANSWER = 600
_TOKENS, _TOKENS_A_PICTURE = 300, 250
"""What an answer may take, and what each picture adds."""
_EDGES = {"low": 512, "high": 1536}
"""Longest side that is sent: a model sees no more than this at each detail."""

Detail = Literal["low", "high"]


class _Colour(BaseModel):
    name: Colour
    share: float


class _Shown(BaseModel):
    shows: Literal["garment", "other"]
    certainty: Literal["certain", "likely", "guess"]
    category: Category
    colours: Annotated[list[_Colour], Field(max_length=3)]
    pattern: Pattern
    sleeve: Sleeve
    material: Material
    audience: Audience
    warmth: Annotated[int, Field(ge=1, le=5)]
    seasons: list[Season]
    styles: list[Style]
    occasions: list[Occasion]


class _Seen(BaseModel):
    answer: str
    pictures: list[_Shown]


class Described(NamedTuple):
    """What a model saw."""

    looks: list[Look]
    """One a picture, in order, without embeddings; the first that shows a garment carries the answer."""
    ledger: list[Charge]


class Describer:
    """Looks at pictures by a chat model that takes them.

    Args:
        caller: Calls the model.
    """

    def __init__(self, caller: ModelCaller) -> None:
        self._caller = caller

    def begin(self, state: AssistantState) -> Call:
        """Begin the call of a turn; the agent's answer goes first where the budget has room for one."""
        return self._caller.call(state, "look", spare=1)

    async def describe(self, call: Call, pictures: Sequence[Picture], references: Sequence[str]) -> Described:
        """Look at all pictures of a turn in one call.

        Args:
            call: From `begin`.
            pictures: The pictures.
            references: What the looks say their pictures are.

        Raises:
            ModelError: No answer, none in the right form, or one that leaves out a picture.
        """
        asked = await asyncio.to_thread(_asked, call.state["turn"], pictures)
        seen = await call.decide(asked, _Seen, most=_TOKENS + _TOKENS_A_PICTURE * len(pictures))
        if len(seen.pictures) < len(pictures):
            raise ModelError("The model left out a picture.")
        name = self._caller.model_name
        looks = [_look(shown, reference, name) for shown, reference in zip(seen.pictures, references, strict=False)]
        if answer := plain(seen.answer).strip()[:_LONGEST_ANSWER]:
            _first_garment(looks)["answer"] = answer
        return Described(looks, call.ledger)


def _asked(turn: Turn, pictures: Sequence[Picture]) -> list[BaseMessage]:
    rules = prompt("look", values={"language": _LANGUAGES[turn["language"]]}, data={"question": turn["asked"]})
    return _with_pictures(rules, pictures, detail_of(turn["asked"]))


def detail_of(question: str) -> Detail:
    """Choose how finely a model looks: small print and details need pixels, a whole garment does not."""
    return "high" if tells("small_in_picture", question) else "low"


def _with_pictures(rules: Sequence[BaseMessage], pictures: Sequence[Picture], detail: Detail) -> list[BaseMessage]:
    """Place the pictures behind the question, each with its number if there are several."""
    blocks: list[str | dict[str, Any]] = [{"type": "text", "text": rules[-1].text}]
    for number, picture in enumerate(pictures, start=1):
        if len(pictures) > 1:
            blocks.append({"type": "text", "text": f"Picture {number}:"})
        encoded = base64.b64encode(picture.encoded(_EDGES[detail], file_format="JPEG")).decode()
        link = {"url": f"data:image/jpeg;base64,{encoded}", "detail": detail}
        blocks.append({"type": "image_url", "image_url": link})
    return [*rules[:-1], HumanMessage(content=blocks)]


def _first_garment(looks: Sequence[Look]) -> Look:
    return next((look for look in looks if look["category"]), looks[0])


def _look(shown: _Shown, reference: str, name: str) -> Look:
    is_garment = shown.shows == "garment"
    return Look(
        picture=reference,
        verdict="not_a_garment" if not is_garment else "not_sure" if shown.certainty == "guess" else "garment",
        category=shown.category if is_garment else None,
        label=label_of(shown.category) if is_garment else None,
        confidence=_CERTAIN[shown.certainty],
        alternatives=[],
        attributes=_attributes(shown) if is_garment else Attributes(),
        colours=_colours(shown.colours) if is_garment else [],
        similar=[],
        made_by=name,
    )


def _attributes(shown: _Shown) -> Attributes:
    return Attributes(
        pattern=shown.pattern,
        sleeve=shown.sleeve,
        material=shown.material,
        audience=shown.audience,
        warmth=shown.warmth,
        seasons=list(dict.fromkeys(shown.seasons)),
        styles=list(dict.fromkeys(shown.styles)),
        occasions=list(dict.fromkeys(shown.occasions)),
    )


def _colours(colours: Sequence[_Colour]) -> list[NamedColour]:
    """Return colours each once, their shares adding up to 1; the main one stays first."""
    shares: dict[str, float] = {}
    for colour in colours:
        shares[colour.name] = shares.get(colour.name, 0.0) + max(0.01, min(1.0, colour.share))
    total = sum(shares.values())
    return [NamedColour(name=name, hex=HEXES[name], share=round(share / total, 3)) for name, share in shares.items()]
