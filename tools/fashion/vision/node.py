"""The node that looks at a turn's pictures: by a vision model where there is one, by the network, or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stylegraph.agent.errors import ModelError, SettingsError
from stylegraph.agent.evidence import Note
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.ordinals import ordinal_in
from stylegraph.tools.fashion.vision.descriptions import as_evidence
from stylegraph.tools.fashion.vision.look import Look, NamedColour
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.query_rewriting import meant
from stylegraph.tools.image.picture import Picture
from stylegraph.tools.image.turn import open_pictures

if TYPE_CHECKING:
    from stylegraph.agent.llm.client import ModelCaller
    from stylegraph.tools.fashion.vision.vision_model import Describer

_BLIND: Mapping[Language, str] = {
    "ko": "사진을 보는 모델을 열 수 없어서 글로만 답했어요. stylegraph를 다시 설치해 주세요.",
    "en": "The network that looks at pictures can't be opened, so the words alone were answered. Install stylegraph again.",
}
_NUMBERED = re.compile(r"(?:사진|이미지|\b(?:picture|photo|image))\s?#?(\d)(?!\d)", re.IGNORECASE)

_LAST = -1


@dataclass(frozen=True)
class PictureViewer:
    """Looks at pictures.

    Args:
        settings: Where pictures are kept.
        garments: The network, which needs no key.
        describer: The vision model that goes first, or None.
    """

    settings: Settings
    garments: Garments
    describer: Describer | None = None

    def by_model(self, caller: ModelCaller) -> PictureViewer:
        """Return one that has a vision model look first."""
        from stylegraph.tools.fashion.vision.vision_model import Describer  # loads the model's client

        return replace(self, describer=Describer(caller.beside(self.settings.vision_model)))

    async def look(self, state: AssistantState) -> dict[str, Any]:
        """Read `turn["images"]`; give `look`, `looks`, one piece of evidence a picture, and notes on what could not be seen."""
        references, language = state["turn"].get("images") or [], state["turn"]["language"]
        opened, notes = await open_pictures(state, self.settings)
        if not opened:
            return {"notes": notes}
        update = await self._seen(state, opened)
        looks: list[Look] = update.pop("looks")
        if not looks:
            return {**update, "notes": [*notes, *update.get("notes", [])]}
        if len(references) > 1:
            looks = [Look(**{**look, "number": references.index(look["picture"] or "") + 1}) for look in looks]
        asked = state["turn"]["asked"]
        told = [looks[place]] if (place := _counted(asked, looks)) is not None else looks
        about = await asyncio.to_thread(meant, told, asked)
        return {
            **update,
            "seen": list(about),
            "evidence": [as_evidence(look, language) for look in told],
            "notes": [*notes, *update.get("notes", [])],
        }

    async def _seen(self, state: AssistantState, opened: Mapping[str, Picture]) -> dict[str, Any]:
        """Return the looks, with what they cost and notes on how they came about."""
        if self.describer is None:
            return await self._by_network(opened, state["turn"]["language"])
        call = self.describer.begin(state)
        measured, described = await asyncio.gather(
            self._by_network(opened, state["turn"]["language"]),
            self.describer.describe(call, list(opened.values()), list(opened)),
            return_exceptions=True,
        )
        if isinstance(measured, BaseException):
            raise measured
        if isinstance(described, ModelError):
            from stylegraph.agent.llm.fallback import fallen_back  # loads the model's client

            return fallen_back(measured, call, described)
        if isinstance(described, BaseException):
            raise described
        looks = [joined(look, own) for look, own in _paired(described.looks, measured["looks"])]
        return {"looks": looks, "ledger": described.ledger}

    async def _by_network(self, opened: Mapping[str, Picture], language: Language) -> dict[str, Any]:
        try:
            looks = await asyncio.to_thread(self._looks, opened)
        except SettingsError:
            return {"looks": [], "notes": [Note(code="image_unseen", text=_BLIND[language])]}
        return {"looks": looks}

    def _looks(self, opened: Mapping[str, Picture]) -> list[Look]:
        return [self.garments.look(picture, reference) for reference, picture in opened.items()]


def _paired(described: Sequence[Look], measured: Sequence[Look]) -> list[tuple[Look, Look | None]]:
    own = {look["picture"]: look for look in measured}
    return [(look, own.get(look["picture"])) for look in described]


def joined(described: Look, measured: Look | None) -> Look:
    """Return what a model saw, with what only the network measures: the embedding, similar items, colours as seen."""
    if measured is None or not described["category"]:
        return described
    seen = {colour["name"]: colour["hex"] for colour in measured["colours"]}
    colours = [
        NamedColour(name=colour["name"], hex=seen.get(colour["name"], colour["hex"]), share=colour["share"])
        for colour in described["colours"]
    ]
    more = {"embedding": measured["embedding"]} if "embedding" in measured else {}
    return Look(**{**described, "colours": colours, "similar": measured["similar"], **more})  # type: ignore[typeddict-item]


def _counted(question: str, looks: Sequence[Look]) -> int | None:
    """Return which of several pictures a question names, if it names one: "두 번째 사진", "picture 2", "the last one"."""
    named = [int(match[1]) for match in _NUMBERED.finditer(question)]
    while (place := ordinal_in(question)) is not None:
        named.append(place[0])
        question = question[place[2] :]
    if len(set(named)) != 1:
        return None
    numbers = [look.get("number") for look in looks]
    if named[0] == _LAST:
        return len(numbers) - 1
    return numbers.index(named[0]) if named[0] in numbers else None
