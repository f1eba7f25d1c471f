"""What documents are asked beside pictures: each pictured thing by itself, and what is found told apart by picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stylegraph.agent.evidence import PICTURES, Evidence, Locator, SourceTask
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.subjects import Subject

_WIDER, _FEWEST = 3, 3
"""How many times as many passages are looked at for a picture, and how many are wanted for each of many."""


class Enquiry(NamedTuple):
    """What documents are asked, for the whole question or for one of several pictures."""

    queries: Sequence[str]
    k: int
    subject: Subject | None = None

    @property
    def looked_at(self) -> int:
        """How many passages are looked at: more where those about other things than the picture's are left out."""
        return self.k * (_WIDER if self.subject else 1)


def enquiries(state: SourceTask, subjects: Sequence[Subject]) -> list[Enquiry]:
    """Return what is asked: all queries at once; of several pictured things, each by its own."""
    queries, k = state["queries"], state["k"]
    own = [[query for query in queries if subject.is_named(query)] for subject in subjects]
    if not any(own):
        return [Enquiry(queries, k)]
    if len(subjects) == 1:
        return [Enquiry(queries, k, subjects[0])]
    each = max(_FEWEST, 2 * k // len(subjects))
    return [
        Enquiry(named or [subject.asking(state["question"])], each, subject)
        for subject, named in zip(subjects, own, strict=True)
    ]


def told_apart(found: Sequence[Sequence[Evidence]], pictures: Sequence[int]) -> list[Evidence]:
    """Join what was found for several pictures; each piece says which of them it was found for."""
    joined: dict[str, Evidence] = {}
    for picture, pieces in zip(pictures, found, strict=True):
        for piece in pieces:
            known = joined.setdefault(piece["id"], Evidence(**{**piece, "data": {**piece["data"], PICTURES: []}}))
            known["data"][PICTURES].append(picture)
            known["score"] = max(known["score"], piece["score"])
    return list(joined.values())


def about(subject: Subject, hits: Sequence[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
    """Leave out the passages whose title or heading is of something else than what a picture shows."""
    return [
        (name, hit)
        for name, hit in hits
        if not any(subject.rules_out(said) for said in (hit["title"], *_headings(hit["locator"])))
    ]


def _headings(locator: Locator) -> list[str]:
    return str(locator.get("heading", "")).split(" › ")
