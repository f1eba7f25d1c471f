"""Dialogues of a client and a stylist with three outfits each, from best to worst: `stylists.yaml`."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from stylegraph.evals.cases import Split, read_cases, split_of

_WORD = re.compile(r"[^\W\d_]{2,}")


def stems(text: str) -> set[str]:
    """Return the first two letters of each word of a text: what Korean words keep whatever ending they have."""
    return {word[:2].lower() for word in _WORD.findall(text)}


class StylistCase(BaseModel):
    """A dialogue and the outfits that a stylist would rank so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    said: list[dict[str, str]]
    """Turn by turn: who speaks -> what."""
    best: list[str]
    """Descriptions of the pieces."""
    middle: list[str]
    worst: list[str]

    @property
    def split(self) -> Split:
        """The split of its family."""
        return split_of(self.id)

    @property
    def dialogue(self) -> str:
        """The dialogue as a text, a turn a line."""
        return "\n".join(f"{who}: {said}" for turn in self.said for who, said in turn.items())

    def without_shared_words(self) -> StylistCase:
        """Return the case with the words taken out of the descriptions that the dialogue has as well."""
        said = stems(self.dialogue)

        def rest(description: str) -> str:
            phrases = (
                " ".join(word for word in phrase.split() if not stems(word) & said)
                for phrase in description.split(", ")
            )
            return ", ".join(phrase for phrase in phrases if phrase)

        left = {name: [rest(one) for one in getattr(self, name)] for name in ("best", "middle", "worst")}
        return self.model_copy(update=left)

    @property
    def outfits(self) -> tuple[list[str], list[str], list[str]]:
        """The outfits from best to worst."""
        return self.best, self.middle, self.worst


def load_stylists(split: Split) -> list[StylistCase]:
    """Read the dialogues of a split, with the pieces' descriptions in the place of their ids."""
    read = read_cases("stylists")
    pieces: dict[str, str] = {name: text.replace(" / ", ", ") for name, text in read["pieces"].items()}  # type: ignore[call-overload]
    told = [{name: [pieces[one] for one in value] if name in {"best", "middle", "worst"} else value
             for name, value in case.items()} for case in read["dialogues"]]  # type: ignore[call-overload]  # fmt: skip
    return [case for case in map(StylistCase.model_validate, told) if case.split == split]
