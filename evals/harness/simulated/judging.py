"""Whether a simulated person got what they wanted, and where the assistant contradicted what had been said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from stylegraph.agent.citations import stands
from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harness.agents.answers import item, of_reply, without_markers
from stylegraph.evals.harness.agents.judging import amounts
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.relevance import affordable, meets
from stylegraph.evals.harness.simulated.goals import Goal, Need

_FIGURE = re.compile(r"([\d.,]*\d)\s*(\D+)")


class Turn(NamedTuple):
    """What a person said and what they got."""

    said: str
    reply: Reply
    refused: tuple[str, ...] = ()
    """Ids of pieces that the person refused with these words, from the turn before."""


class Fault(NamedTuple):
    """What keeps a piece from being what is wanted."""

    dear: bool
    disliked: bool
    another: bool
    """Another thing than was asked for."""


def fault(goal: Goal, need: Need, piece: Mapping[str, Any]) -> Fault | None:
    """Return what is wrong with a piece of the catalogue; None: it is what the need is for."""
    assert need.items is not None
    found = Fault(
        dear=not affordable(need.items.price, piece),
        disliked=goal.dislike is not None and meets(piece, goal.dislike.fields),
        another=not all(meets(piece, group) for group in need.items.must),
    )
    return found if any(found) else None


def shown(reply: Reply) -> list[Mapping[str, Any]]:
    """Return the pieces that a reply recommends, in their order."""
    return [item(one) for one in of_reply(reply).items]


def first_shown(need: Need, reply: Reply) -> Mapping[str, Any] | None:
    """Return the piece that a person looks at: the first of the kind that they want, or else the first."""
    pieces = shown(reply)
    return next((piece for piece in pieces if _of_kind(need, piece)), pieces[0] if pieces else None)


def tells(goal: Goal, need: Need, reply: Reply) -> bool:
    """Check whether a reply holds all facts that a need is for."""
    return all(holds(without_markers(reply.text), forms) for forms in goal.facts(need))


def cites(reply: Reply) -> bool:
    """Check whether a reply has a citation that stands in its evidence."""
    return any(stands(one.model_dump(), reply.evidence) for one in reply.citations)


def met_at(goal: Goal, need: Need, turns: Sequence[Turn]) -> int | None:
    """Return the place of the turn that met a need; None: none has.

    A question that is asked again is met only by a later turn than the one that answered it first.
    """
    after = -1
    if need.repeats:
        before = met_at(goal, goal.needs[need.repeats - 1], turns)
        if before is None:
            return None
        after = before
    refused = {one for turn in turns for one in turn.refused}
    return next(
        (at for at, turn in enumerate(turns) if at > after and _meets(goal, need, turn.reply, refused)),
        None,
    )


def _meets(goal: Goal, need: Need, reply: Reply, refused: set[str]) -> bool:
    if need.items is None:
        return tells(goal, need, reply) and cites(reply)
    piece = first_shown(need, reply)
    return piece is not None and piece["id"] not in refused and fault(goal, need, piece) is None


def contradictions(goal: Goal, turns: Sequence[Turn]) -> dict[str, bool]:
    """Check what must hold over a whole conversation; what could not be broken in this one is left out."""
    checks = {
        "refused stays away": list(_after_refusals(turns)),
        "limits kept": list(_within_limits(goal, turns)),
        "language kept": [_in_language(goal, turn.reply) for turn in turns if turn.reply.text],
        "told the same": list(_told_again(goal, turns)),
    }
    return {name: all(kept) for name, kept in checks.items() if kept}


def _after_refusals(turns: Sequence[Turn]) -> Iterator[bool]:
    refused: set[str] = set()
    for turn in turns:
        refused |= set(turn.refused)
        if refused:
            yield not refused & {piece["id"] for piece in shown(turn.reply)}


def _within_limits(goal: Goal, turns: Sequence[Turn]) -> Iterator[bool]:
    """Look at each piece of a kind that is wanted after its limit, or what the person dislikes, has been said."""
    said = ""
    for turn in turns:
        said += f"{turn.said} | "
        for piece in shown(turn.reply):
            if goal.dislike and holds(said, [goal.dislike.word]):
                yield not meets(piece, goal.dislike.fields)
            limits = [need.items.price for need in goal.needs if need.items and _of_kind(need, piece)]
            told = [one for one in limits if one and one.lte and holds(said, amounts(one.lte))]
            if told:
                yield any(affordable(one, piece) for one in told)


def _told_again(goal: Goal, turns: Sequence[Turn]) -> Iterator[bool]:
    """Look at each later answer out of the same document: a figure in the same unit, and not the one told before."""
    for need in goal.needs:
        at = met_at(goal, goal.needs[need.repeats - 1], turns) if need.repeats else None
        if at is None:
            continue
        titles = {one.title for one in turns[at].reply.citations}
        for turn in turns[at + 1 :]:
            if titles & {one.title for one in turn.reply.citations}:
                yield tells(goal, need, turn.reply) or not _other_figures(goal, need, turn.reply.text)


def _other_figures(goal: Goal, need: Need, text: str) -> bool:
    """Check whether a text has a figure in the unit of a fact that is not the fact's."""
    plain = "".join(without_markers(text).split())
    for forms in goal.facts(need):
        found = [match for match in map(_FIGURE.fullmatch, forms) if match]
        if any(re.search(rf"\d{re.escape(''.join(one[2].split()))}", plain) for one in found):
            return True
    return False


def _of_kind(need: Need, piece: Mapping[str, Any]) -> bool:
    return need.items is not None and bool(need.items.must) and meets(piece, need.items.must[0])


def _in_language(goal: Goal, reply: Reply) -> bool:
    if reply.grade is not None:
        return reply.language == goal.language and reply.grade.in_language
    return detect_language(without_markers(reply.text)) == goal.language
