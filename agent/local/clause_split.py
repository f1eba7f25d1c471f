"""What is asked of evidence, and of which: of several pictured things each by itself, of several questions each its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stylegraph.agent.acts import Finding, LookUp
from stylegraph.agent.evidence import PICTURES, Evidence
from stylegraph.agent.local.reviser import reworded
from stylegraph.agent.local.subquestions import asked_parts
from stylegraph.agent.state import Pictured, Routing, merge_evidence
from stylegraph.agent.text.question_types import asked_of

_DOCUMENTS = "documents"


class Asked(NamedTuple):
    """One question, and the evidence that may answer it."""

    question: str
    """What the evidence is read with: "How do I wash these?", since it was found for one thing and is about no other."""
    evidence: list[Evidence]
    pictured: Pictured | None = None
    """The thing that it is about, where there are several."""
    looked: int = 0
    """How often it was looked up by itself."""


def asked_apart(
    route: str, routing: Routing, evidence: Sequence[Evidence], findings: Sequence[Finding] = ()
) -> list[Asked]:
    """Take a route's question apart: by the pictures that its evidence was found for, else into what it asks one by one.

    Blocking: it may load the tokenizer.

    Args:
        route: The route.
        routing: Where the question goes.
        evidence: What the route found.
        findings: What each look-up found: a part that was looked up by itself is read over what was found for it.
    """
    pictured = routing.get("pictured", [])
    if not pictured or not any(PICTURES in piece["data"] for piece in evidence):
        return parts_of(asked_of(route, routing), evidence, findings)
    question = routing.get("parts", {}).get(route, routing["question"])
    return [
        Asked(question, [piece for piece in evidence if one["picture"] in piece["data"].get(PICTURES, ())], one)
        for one in pictured
    ]


def parts_of(question: str, evidence: Sequence[Evidence], findings: Sequence[Finding] = ()) -> list[Asked]:
    """Take a question apart into what it asks one by one; a part that was looked up by itself has what was found for it.

    Blocking: it may load the tokenizer.
    """
    parts = asked_parts(question)
    own = {part: [one for one in findings if one.get("question") == part] for part in parts if len(parts) > 1}
    return [Asked(part, _found_by(own.get(part, []), evidence), looked=len(own.get(part, []))) for part in parts]


def _found_by(findings: Sequence[Finding], evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return what some look-ups found, scored as they scored it; all of it where there were none."""
    if not findings:
        return list(evidence)
    pieces = {piece["id"]: piece for piece in evidence}
    found = [pair for one in findings for pair in zip(one["evidence"], one["scores"], strict=True)]
    return merge_evidence([], [Evidence(**{**pieces[name], "score": score}) for name, score in found if name in pieces])


def looked_up_apart(look_ups: Sequence[LookUp], routing: Routing, *, wider: bool = False) -> list[LookUp]:
    """Look each part of what documents are asked up by itself; a follow-up is looked up as a whole, in its own wordings.

    Blocking: it may load the tokenizer.

    Args:
        look_ups: What would be looked up.
        routing: Where the question goes.
        wider: Whether other words are tried.
    """
    parts = asked_parts(asked_of(_DOCUMENTS, routing)) if not routing.get("pictured") else []
    if len(parts) < 2 or routing.get("wordings"):
        return list(look_ups)
    apart: list[LookUp] = []
    for one in look_ups:
        if one["source"] != _DOCUMENTS:
            apart.append(one)
            continue
        for number, part in enumerate(parts, start=1):
            queries = reworded([part]) if wider else [part]
            apart.append(LookUp(**{**one, "id": f"{one['id']}.{number}", "question": part, "queries": queries}))
    return apart
