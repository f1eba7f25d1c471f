"""What is said of the documents of `cases/reading`, truly or not: `cases/claims/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple, cast, get_args

from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.harness.reading_cases import LANGUAGES, Language, ReadDocument, Split, reading_documents

ClaimKind = Literal[
    "copied",
    "paraphrase",
    "composed",
    "summary",
    "lead_in",
    "number",
    "name",
    "negation",
    "quantifier",
    "comparative",
    "antonym",
    "role",
    "cause",
    "added",
]
TRUE: tuple[ClaimKind, ...] = ("copied", "paraphrase", "composed", "summary", "lead_in")
Setting = Literal["cited", "document", "several", "without"]
"""How much evidence: the cited units, the whole document, it among others (some 700 words), or the document without them."""
SETTINGS: tuple[Setting, ...] = get_args(Setting)
_BESIDE = 3
_LINE = re.compile(r"(?P<kind>\w+) (?P<cites>[\d. ]+) \| (?P<text>.+)")


class Claim(NamedTuple):
    """A sentence, or several, said of a document."""

    document: ReadDocument
    kind: ClaimKind
    cites: tuple[tuple[int, int], ...]
    """The units that bear it or that it is said of, each by its section and its place there."""
    text: str

    @property
    def true(self) -> bool:
        """Whether the document says so."""
        return self.kind in TRUE

    @property
    def language(self) -> Language:
        """The language of the document and of what is said."""
        return self.document.lang

    @property
    def units(self) -> list[str]:
        """The units that it cites."""
        return [self.document.sections[section].sentences[place] for section, place in self.cites]


class ClaimPair(NamedTuple):
    """A claim beside evidence."""

    claim: Claim
    setting: Setting
    evidence: list[str]

    @property
    def label(self) -> bool:
        """Whether the evidence bears it."""
        return self.claim.true and self.setting != "without"

    @property
    def text(self) -> str:
        """What is said."""
        return self.claim.text


@cache
def claims() -> tuple[Claim, ...]:
    """Return all claims, in the order of the files: after what was written of a document what it says itself."""
    documents = {one.id: one for one in reading_documents()}
    return tuple(
        claim
        for language in LANGUAGES
        for name, lines in _files(language).items()
        for claim in (*(_read(line, documents[name]) for line in lines.splitlines()), *_copied(documents[name]))
    )


def claim_pairs(split: Split) -> list[ClaimPair]:
    """Return every claim on the documents of a split in each setting; a false one stays false without its units."""
    return [
        ClaimPair(claim, setting, _evidence(claim, setting))
        for claim in claims()
        if claim.document.split == split
        for setting in SETTINGS
        if setting != "without" or (claim.true and claim.kind != "lead_in")
    ]


def _files(language: Language) -> Mapping[str, str]:
    return cast("Mapping[str, str]", read_yaml("stylegraph.evals", f"cases/claims/{language}.yaml"))


def _copied(document: ReadDocument) -> list[Claim]:
    """Return the first two sentences of each section as one claim: most of an answer is so near to its source."""
    return [
        Claim(document, "copied", ((place, 0), (place, 1)), " ".join(section.sentences[:2]))
        for place, section in enumerate(document.sections)
        if len(section.sentences) > 1 and not any(" | " in one for one in section.sentences[:2])
    ]


def _read(line: str, document: ReadDocument) -> Claim:
    match = _LINE.fullmatch(line)
    if match is None or match["kind"] not in get_args(ClaimKind):
        raise ValueError(f"{document.id}: not `kind places | text`: {line}")
    section_and_place = (cite.split(".") for cite in match["cites"].split())
    cites = tuple((int(section), int(place)) for section, place in section_and_place)
    return Claim(document, cast("ClaimKind", match["kind"]), cites, match["text"])


def _evidence(claim: Claim, setting: Setting) -> list[str]:
    if setting == "cited":
        return claim.units
    if setting == "several":
        return [section.text for one in _neighbours(claim.document.id) for section in one.sections]
    taken = {*claim.cites} if setting == "without" else set()
    sections = (
        section.without(at for which, at in taken if which == place)
        for place, section in enumerate(claim.document.sections)
    )
    return [section.text for section in sections if section.sentences]


@cache
def _neighbours(name: str) -> tuple[ReadDocument, ...]:
    """Return a document in the midst of the next ones of its split and language."""
    (document,) = (one for one in reading_documents() if one.id == name)
    alike = [one for one in reading_documents() if (one.split, one.lang) == (document.split, document.lang)]
    place = alike.index(document)
    return tuple(alike[(place + step - 1) % len(alike)] for step in range(_BESIDE))
