"""What a suite of evals is: labelled cases, who answers them, and what is judged of the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Evaluator
from typing_extensions import TypedDict

from stylegraph.agent.settings import Settings
from stylegraph.evals.grading.agreement import Verdict

Maker = Literal["local", "model"]
"""Who makes the decisions: nobody but this library, or a chat model (its answers replayed unless asked live)."""

CaseT = TypeVar("CaseT")
OutputT = TypeVar("OutputT")


class Labels(TypedDict):
    """What a case belongs to."""

    split: str
    language: str
    kind: str
    """What a report counts together."""
    asked: str
    """The words that were asked, for people who read the report."""


class Told(TypedDict, total=False):
    """What a report tells of an answer."""

    text: str
    path: list[str]
    """What happened on the way, an event a line."""


Task = Callable[[CaseT], Awaitable[OutputT]]
Opened = AbstractAsyncContextManager[Task[CaseT, OutputT]]


def always(task: Task[CaseT, OutputT]) -> Callable[[Maker], Opened[CaseT, OutputT]]:
    """Return what opens one task for every maker: a recording needs nothing that is held open."""
    return lambda maker: nullcontext(task)


class LiveSettings(Protocol):
    """Makes the settings of an assistant that asks real servers."""

    def __call__(self, **more: object) -> Settings:
        """Return them; settings that are named here win."""


@dataclass(frozen=True)
class Suite(Generic[CaseT, OutputT]):
    """Labelled cases of one kind."""

    name: str
    about: str
    """One line."""
    cases: Callable[[], Sequence[CaseT]]
    """Reads them, both splits."""
    id_of: Callable[[CaseT], str]
    labels: Callable[[CaseT], Labels]
    opened: Callable[[Maker], Opened[CaseT, OutputT]]
    """Opens what answers a case."""
    evaluators: tuple[Evaluator[CaseT, OutputT, Labels], ...]
    told: Callable[[OutputT], Told]
    makers: tuple[Maker, ...] = ("local",)
    live: Callable[[LiveSettings], AbstractAsyncContextManager[Task[CaseT, OutputT]]] | None = None
    """Opens what answers a case by asking real servers; None: there is nothing to ask."""
    verdicts: Callable[[CaseT, OutputT], list[Verdict]] | None = None
    """Pairs what a grader says with the labels, for its kappa; None: it is no grader that is judged."""

    def dataset(self, split: str | None = None, only: Sequence[str] = ()) -> Dataset[CaseT, OutputT, Labels]:
        """Return the cases as a pydantic-evals dataset.

        Args:
            split: `tune` or `test`; None: both.
            only: Ids of the cases that are wanted; none: all.
        """
        chosen: list[Case[CaseT, OutputT, Labels]] = []
        for case in self.cases():
            name, labels = self.id_of(case), self.labels(case)
            if (split is None or labels["split"] == split) and (not only or name in only):
                chosen.append(Case(name=name, inputs=case, metadata=labels))
        return Dataset(name=self.name, cases=chosen, evaluators=self.evaluators)


AnySuite = Suite[Any, Any]
