"""The node that looks at a turn's pictures: by a vision model where there is one, by the network, or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stylegraph.agent.errors import InputError, ModelError, SettingsError
from stylegraph.agent.evidence import Note
from stylegraph.agent.language import Language
from stylegraph.agent.local.items import ordinal_in
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState
from stylegraph.tools.image.garments import Garments
from stylegraph.tools.image.look import Look, NamedColour
from stylegraph.tools.image.picture import Picture
from stylegraph.tools.image.store import PictureStore
from stylegraph.tools.image.telling import as_evidence

if TYPE_CHECKING:
    from stylegraph.tools.image.describe import Describer

_UNREADABLE: Mapping[Language, str] = {
    "ko": "사진을 다시 열 수 없었어요: {reason}",
    "en": "The picture could not be opened again: {reason}",
}
_BLIND: Mapping[Language, str] = {
    "ko": "사진을 볼 수 없어서 글로만 답했어요: {reason}",
    "en": "Pictures can't be looked at, so the answer rests on the words alone: {reason}",
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

    async def look(self, state: AssistantState) -> dict[str, Any]:
        """Read `turn["images"]`; give `look`, one piece of evidence a picture, and notes on what could not be seen."""
        references, language = state["turn"].get("images") or [], state["turn"]["language"]
        opened, notes = await self._open(references, state["turn"]["user"], language)
        if not opened:
            return {"notes": notes}
        update = await self._seen(state, opened)
        looks: list[Look] = update.pop("looks")
        if not looks:
            return {**update, "notes": [*notes, *update.get("notes", [])]}
        numbers = [references.index(look["picture"] or "") + 1 if len(references) > 1 else None for look in looks]
        evidence = [as_evidence(look, language, number) for look, number in zip(looks, numbers, strict=True)]
        wanted = _counted(state["turn"]["asked"]) if len(looks) > 1 else None
        chosen = _meant(looks, numbers, wanted)
        if wanted is not None:
            evidence = [evidence[looks.index(chosen)]]
        return {**update, "look": chosen, "evidence": evidence, "notes": [*notes, *update.get("notes", [])]}

    async def _open(
        self, references: Sequence[str], user: str, language: Language
    ) -> tuple[dict[str, Picture], list[Note]]:
        store, opened, notes = PictureStore(self.settings), dict[str, Picture](), list[Note]()
        for reference in references:
            try:
                opened[reference] = await store.open(reference, user)
            except InputError as error:
                text = _UNREADABLE[language].format(reason=f"{error.message} {error.remedy}")
                notes.append(Note(code="image_unreadable", text=text))
        return opened, notes

    async def _seen(self, state: AssistantState, opened: Mapping[str, Picture]) -> dict[str, Any]:
        """Give the looks, with what they cost and notes on how they came about."""
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
        except SettingsError as error:
            text = _BLIND[language].format(reason=f"{error.message} {error.remedy}")
            return {"looks": [], "notes": [Note(code="image_unavailable", text=text)]}
        return {"looks": looks}

    def _looks(self, opened: Mapping[str, Picture]) -> list[Look]:
        return [self.garments.look(picture, reference) for reference, picture in opened.items()]


def _paired(described: Sequence[Look], measured: Sequence[Look]) -> list[tuple[Look, Look | None]]:
    own = {look["picture"]: look for look in measured}
    return [(look, own.get(look["picture"])) for look in described]


def joined(described: Look, measured: Look | None) -> Look:
    """Give what a model saw, with what only the network measures: the embedding, similar items, colours as seen."""
    if measured is None or not described["category"]:
        return described
    seen = {colour["name"]: colour["hex"] for colour in measured["colours"]}
    colours = [
        NamedColour(name=colour["name"], hex=seen.get(colour["name"], colour["hex"]), share=colour["share"])
        for colour in described["colours"]
    ]
    more = {"embedding": measured["embedding"]} if "embedding" in measured else {}
    return Look(**{**described, "colours": colours, "similar": measured["similar"], **more})  # type: ignore[typeddict-item]


def _meant(looks: Sequence[Look], numbers: Sequence[int | None], wanted: int | None) -> Look:
    """Choose the look that the question is about: of the picture that it counts to, else the first with a garment."""
    by_number = dict(zip(numbers, looks, strict=True))
    counted = max(filter(None, numbers), default=None) if wanted == _LAST else wanted
    if counted is not None and counted in by_number:
        return by_number[counted]
    return next((look for look in looks if look["verdict"] == "garment"), looks[0])


def _counted(question: str) -> int | None:
    """Give the number of the one picture that a question names: "두 번째 사진", "picture 2"; -1 for the last."""
    named = [int(match[1]) for match in _NUMBERED.finditer(question)]
    while (place := ordinal_in(question)) is not None:
        named.append(place[0])
        question = question[place[2] :]
    return named[0] if len(set(named)) == 1 else None
