"""Questions over invented domains, each a user's own source with a handful of examples: `cases/domains.yaml`."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.evals.cases import read_cases, split_of
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.build import BuiltIn, open_assistant

Name = Literal["hr", "clinic", "wiki"]
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Page(BaseModel):
    """A page of a domain's source."""

    model_config = _STRICT
    title: str
    text: str


class Domain(BaseModel):
    """A user's own source, as they would describe it."""

    model_config = _STRICT
    name: str
    node: str
    description: str
    examples: Annotated[list[str], Field(min_length=4, max_length=6)]
    pages: list[Page]


class DomainCase(BaseModel):
    """A question, and where it should go beside the user's own documents."""

    model_config = _STRICT
    id: Annotated[str, Field(pattern=r"^n-(ko|en)-\d{4}$")]
    domain: Name
    text: str
    routes: Annotated[list[str], Field(min_length=1)]
    says: str | None = None
    """What the answer of the domain's source holds."""
    language: Language

    @property
    def split(self) -> str:
        """The split that its id puts it in."""
        return split_of(self.id)


class DomainSource:
    """An `EvidenceSource` over a domain's pages: the ones with most words of the question first."""

    def __init__(self, domain: Domain) -> None:
        self.name, self.node = domain.name, domain.node
        self.description, self.examples = domain.description, tuple(domain.examples)
        self._pages = domain.pages

    async def gather(self, state: SourceTask) -> Gathered:
        """Return the pages that have words of the question."""
        words = {word for query in state["queries"] for word in tokenize(query)}
        shares = [len(words & {*tokenize(f"{page.title} {page.text}")}) / max(1, len(words)) for page in self._pages]
        ranked = sorted(zip(shares, self._pages, strict=True), key=lambda pair: -pair[0])
        found = [make_evidence(self.name, page.title, page.text, score=share) for share, page in ranked if share > 0]
        return Gathered(evidence=found[: state["k"]])


@cache
def domain(name: Name) -> Domain:
    """Read a domain."""
    return Domain.model_validate(read_cases(f"domains/{name}"))


@cache
def domain_cases() -> Sequence[DomainCase]:
    """Read the questions, both splits."""
    return TypeAdapter(list[DomainCase]).validate_python(read_cases("domains"))


@asynccontextmanager
async def open_domains(builtin: Sequence[BuiltIn]) -> AsyncIterator[dict[str, CompiledAssistant]]:
    """Open an assistant for each domain, with its source beside some built-in ones; none has a model."""
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings, assistants = settings_for(None, web=None, home=home, samples=True), dict[str, CompiledAssistant]()
        for name in sorted({case.domain for case in domain_cases()}):
            sources = [DomainSource(domain(name))]
            opened = open_assistant(settings, builtin=builtin, sources=sources, checkpointer=None)
            assistants[name] = await stack.enter_async_context(opened)
        yield assistants
