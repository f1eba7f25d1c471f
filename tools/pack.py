"""What a domain brings beside its sources, so that the rest of the assistant need not know it."""

from __future__ import annotations

from typing import NamedTuple

from stylegraph.agent.local.agent import Rewrite, as_it_is
from stylegraph.agent.local.router.clarification import Clarifications
from stylegraph.tools.retrieval.subjects import Subjects, no_subjects


class Pack(NamedTuple):
    """What a domain brings; by default nothing."""

    clarifications: Clarifications | None = None
    """What is asked back where a question does not say which thing it is about."""
    looks: bool = False
    """Whether it looks at pictures."""
    rewrite: Rewrite = as_it_is
    """Names in the queries what pictures show."""
    subjects: Subjects = no_subjects
    """Tells documents what pictures show."""
    offers: tuple[str, ...] = ()
    """Tools of its sources that other assistants may call by themselves (MCP), beside asking this one."""


NO_PACK = Pack()
