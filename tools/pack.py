"""What a domain brings, so that the rest of the assistant need not know it: its sources, its words, its eyes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langgraph.errors import GraphBubbleUp

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.evidence import EvidenceSource, Note, SourceTask
from stylegraph.agent.local.agent import Rewrite, as_it_is
from stylegraph.agent.local.router.clarification import Clarification, Clarifications
from stylegraph.agent.local.router.examples import Labelled
from stylegraph.agent.local.router.examples import register as register_questions
from stylegraph.agent.local.router.smalltalk import Sayings
from stylegraph.agent.local.templates import register
from stylegraph.agent.protocols import ModelViewer, Viewer
from stylegraph.agent.state import AssistantState, Routing
from stylegraph.agent.text.language import Language
from stylegraph.tools.retrieval.subjects import Subject, Subjects, no_subjects

if TYPE_CHECKING:
    from stylegraph.agent.llm.client import ModelCaller

logger = logging.getLogger(__name__)

_FAILED: Mapping[Language, str] = {
    "ko": "사진을 보다가 오류가 났어요 ({error}). 자세한 내용은 로그에 있어요.",
    "en": "Looking at the picture failed ({error}). The log tells more.",
}

Phrases = Mapping[Language, Mapping[str, str]]
"""Language -> `place`, `label`, `part`, `next_part`, `nothing` -> what a source is called there, and how it is introduced."""


@dataclass(frozen=True)
class Pack:
    """What a domain brings to an assistant; by default nothing.

    Example:
        >>> wiki = Pack(sources=[Rules()], instructions="Name the edition.")  # doctest: +SKIP
        >>> async with open_assistant(packs=[wiki], builtin=[]) as assistant: ...  # doctest: +SKIP
    """

    sources: Sequence[EvidenceSource] = ()
    """Where its evidence comes from. A source's name is a route, which is learned from the source's examples."""
    instructions: str = ""
    """A few lines that a chat model is told beside the rules."""
    phrases: Mapping[str, Phrases] = field(default_factory=dict)
    """Source -> what it is called in sentences that are written without a model."""
    small_talk: Sayings = field(default_factory=dict)
    """Language, then intent (`greeting`, `capabilities`, ...) -> what is said to small talk, in words of its own."""
    labelled: Labelled | None = None
    """Labelled questions that the shipped router was learned from; what others bring is learned from their sources' examples."""
    clarifications: Clarifications | None = None
    """What is asked back where a question does not say which thing it is about."""
    viewer: Viewer | None = None
    """Looks at the pictures that people send. Of several packs one looks after another, until one has seen something."""
    rewrite: Rewrite = as_it_is
    """Names in the queries what pictures show; in `seen` may stand what another pack saw."""
    subjects: Subjects = no_subjects
    """Tells documents what pictures show."""
    offers: Sequence[str] = ()
    """Tools of its sources that other assistants may call by themselves (MCP), beside asking this one."""

    @property
    def looks(self) -> bool:
        """Whether it looks at pictures."""
        return self.viewer is not None


NO_PACK = Pack()


def introduce(pack: Pack) -> None:
    """Take in what the sources of a pack are called, and its labelled questions."""
    if pack.labelled is not None:
        register_questions(pack.labelled)
    for source, phrases in pack.phrases.items():
        register(source, phrases)


def joined(packs: Sequence[Pack]) -> Pack:
    """Return several packs as one; what they say in a language is the first's that has words for it there.

    Raises:
        SettingsError: Two have a source of one name.
    """
    sources = [source for pack in packs for source in pack.sources]
    names = [source.name for source in sources]
    if twice := [name for name in names if names.count(name) > 1]:
        raise SettingsError(f"Two packs have a source called {twice[0]!r}.", "Open one of them.")
    viewers = [pack.viewer for pack in packs if pack.viewer is not None]
    return Pack(
        sources=sources,
        instructions="\n".join(pack.instructions for pack in packs if pack.instructions),
        phrases={source: said for pack in packs for source, said in pack.phrases.items()},
        small_talk=_small_talk(packs),
        labelled=next((pack.labelled for pack in packs if pack.labelled is not None), None),
        clarifications=_clarifications(packs),
        viewer=Viewers(viewers) if viewers else None,
        rewrite=_in_turn([pack.rewrite for pack in packs]),
        subjects=_together([pack.subjects for pack in packs]),
        offers=[name for pack in packs for name in pack.offers],
    )


def _small_talk(packs: Sequence[Pack]) -> Sayings:
    said: dict[Language, dict[str, str]] = {}
    for pack in reversed(packs):
        for language, sayings in pack.small_talk.items():
            said[language] = {**said.get(language, {}), **sayings}
    return said


def _clarifications(packs: Sequence[Pack]) -> Clarifications | None:
    asked: dict[Language, Clarification] = {}
    for pack in reversed(packs):
        asked.update(pack.clarifications or {})
    return asked or None


@dataclass(frozen=True)
class Viewers:
    """Looks at pictures with the eyes of several packs, one after another, until one has seen something."""

    viewers: Sequence[Viewer]

    def by_model(self, caller: ModelCaller) -> Viewers:
        """Return those that can have a chat model look, and the others as they are."""
        return Viewers([one.by_model(caller) if isinstance(one, ModelViewer) else one for one in self.viewers])

    async def look(self, state: AssistantState) -> Mapping[str, Any]:
        """Return what the first saw that saw something, else what the last has to say; with what all spent and noted."""
        found: Mapping[str, Any] = {}
        for viewer in self.viewers:
            found = _after(found, await _looked(viewer, state))
            if found.get("seen"):
                break
        return found


async def _looked(viewer: Viewer, state: AssistantState) -> Mapping[str, Any]:
    """Return what one saw; a note where it fails."""
    try:
        return dict(await viewer.look(state))
    except GraphBubbleUp:  # the viewer interrupts the graph to ask the person something
        raise
    except Exception as error:  # a stranger's viewer may raise anything, and the turn goes on
        logger.warning("a viewer failed", exc_info=error)
        text = _FAILED[state["turn"]["language"]].format(error=type(error).__name__)
        return {"notes": [Note(code="image_failed", text=text)]}


def _after(before: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what one saw, with what those before it spent and noted; a note that two have stands once."""
    earlier, own = before.get("notes", []), found.get("notes", [])
    notes = [*earlier, *(note for note in own if note not in earlier)]
    ledger = [*before.get("ledger", []), *found.get("ledger", [])]
    return {**found, **({"notes": notes} if notes else {}), **({"ledger": ledger} if ledger else {})}


def _in_turn(rewrites: Sequence[Rewrite]) -> Rewrite:
    def rewrite(routing: Routing, state: AssistantState) -> Routing:
        for one in rewrites:
            routing = one(routing, state)
        return routing

    return rewrite


def _together(subjects: Sequence[Subjects]) -> Subjects:
    def all_of(task: SourceTask) -> Sequence[Subject]:
        return [subject for one in subjects for subject in one(task)]

    return all_of
