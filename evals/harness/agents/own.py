"""Sources of a user's own with arguments: the same records as a source of our graph and as a tool of any agent."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from stylegraph.agent.evidence import Evidence, Gathered, Note, SourceTask, make_evidence
from stylegraph.agent.text.resources import read_yaml

_NOTHING = {
    "ko": "{name}에 해당하는 기록이 없습니다. 있는 것: {known}.",
    "en": "{name} has no record for this. There are: {known}.",
}
_SHORTEST = 2
"""Characters from which a form may be a part of a longer word."""


class OwnRecord(BaseModel):
    """What is found for some arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: dict[str, list[str]]
    title: str
    text: str


class OwnSource(BaseModel):
    """An `EvidenceSource` over a few records, chosen by arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    node: str
    description: str
    examples: list[str]
    parameters: dict[str, str]
    """Argument -> what it is."""
    records: list[OwnRecord]

    @property
    def args_schema(self) -> type[BaseModel]:
        """The arguments' schema, as LangChain's tools have it."""
        fields: dict[str, Any] = {
            name: (str, Field(default="" if "empty for all" in about else ..., description=about))
            for name, about in self.parameters.items()
        }
        return create_model(f"{self.name.title()}Arguments", **fields)

    async def gather(self, state: SourceTask) -> Gathered:
        """Find the records for the arguments, or for the words where there are none."""
        arguments = state.get("arguments", {})
        given = any(str(value).strip() for name, value in arguments.items() if name in self.parameters)
        found = self.found(arguments) if given else self._named(" ".join([state["question"], *state["queries"]]))
        notes = [] if found else [Note(code="nothing_found", text=self.nothing(state["language"]))]
        return Gathered(evidence=found, notes=notes)

    def found(self, arguments: Mapping[str, str]) -> list[Evidence]:
        """Return the records that fit all arguments; one that is empty fits everything."""
        fitting = [one for one in self.records if _fits(one, arguments)]
        return [make_evidence(self.name, one.title, one.text) for one in fitting]

    def nothing(self, language: str) -> str:
        """Return the words for having found nothing."""
        first = next(iter(self.parameters))
        known = ", ".join(dict.fromkeys(one.keys[first][0] for one in self.records))
        return _NOTHING["ko" if language == "ko" else "en"].format(name=self.name, known=known)

    def _named(self, words: str) -> list[Evidence]:
        """Return the records whose first key is named: what an agent finds that knows of no arguments."""
        first, plain = next(iter(self.parameters)), _plain(words)
        named = [one for one in self.records if any(_plain(form) in plain for form in one.keys[first])]
        return [make_evidence(self.name, one.title, one.text) for one in named]


@cache
def own_sources() -> Mapping[str, OwnSource]:
    """Read `cases/agents/own.yaml`: name -> source."""
    read = TypeAdapter(list[OwnSource]).validate_python(read_yaml("stylegraph.evals.cases", "agents/own.yaml"))
    return {source.name: source for source in read}


def _fits(record: OwnRecord, arguments: Mapping[str, str]) -> bool:
    wanted = {name: _plain(str(value)) for name, value in arguments.items() if name in record.keys}
    return all(not value or _is_one_of(value, record.keys[name]) for name, value in wanted.items())


def _is_one_of(value: str, forms: Sequence[str]) -> bool:
    plain = [_plain(form) for form in forms]
    return value in plain or any(len(form) >= _SHORTEST and form in value for form in plain)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
