"""What strangers typed, asked without a key: how much is right, by code and by the reader who judged the first look.

    python -m stylegraph.evals.bench.everyday --round round1 --show refused

Right by code: the answer states every fact, or the documents hold none and it says so. Code sees no sentence that misleads, so a
reader's figure is the lower one; it is that of the first look, before anything was learned from the round.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from stylegraph.agent.reply import Reply, Status
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.everyday_cases import EverydayCase, EverydayTurn, everyday_cases, folders, rounds
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.graphs.api import CompiledAssistant, ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.library import IndexFolder

Outcome = Literal["right", "wrong", "refused", "made up"]
_SAID_NOTHING = (Status.NOT_FOUND, Status.DECLINED)


class Asked(NamedTuple):
    """A turn, and what came of it."""

    case: EverydayCase
    place: int
    """Its number in the conversation, from 1."""
    turn: EverydayTurn
    outcome: Outcome
    text: str


def outcome(turn: EverydayTurn, reply: Reply) -> Outcome:
    """Return what came of a turn, as far as code can see it."""
    refused = reply.status in _SAID_NOTHING
    if turn.holds == "talk":
        return "refused" if refused else "right"
    if turn.holds == "nothing":
        return "right" if refused or reply.status == Status.ASKED_BACK else "made up"
    if refused:
        return "refused"
    return "right" if all(holds(reply.text, forms) for forms in turn.facts) else "wrong"


async def measure(cases: Sequence[EverydayCase]) -> list[Asked]:
    """Ask all conversations of one index of all documents."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(None, web=None, home=Path(folder))
        index = await IndexFolder(settings.indexes, LocalEmbedder()).index("everyday")
        await ingest(index, [str(one) for one in folders()], settings=settings)
        await index.close()
        async with open_assistant(settings) as assistant:
            return [one for case in cases for one in await _asked(assistant, case)]


async def _asked(assistant: CompiledAssistant, case: EverydayCase) -> list[Asked]:
    told = []
    for place, turn in enumerate(case.turns, start=1):
        reply = await ask(assistant, turn.text, thread=case.id, user=case.id)
        told.append(Asked(case, place, turn, outcome(turn, reply), reply.text))
    return told


def table(asked: Sequence[Asked]) -> str:
    """Return a row for each kind of turn: shares of what came of it, and of what the reader called right at the first look."""
    kinds = {
        "all": asked,
        "Korean": [one for one in asked if one.case.language == "ko"],
        "English": [one for one in asked if one.case.language == "en"],
        "follow-ups": [one for one in asked if one.place > 1],
        "there to learn from": [one for one in asked if learned_from(one.case)],
        "kept aside": [one for one in asked if not learned_from(one.case)],
    }
    head = "| turns | | right | refused though there | answered though not there | judged right at the first look |"
    return "\n".join(
        [head, "|---|---|---|---|---|---|", *(_row(kind, turns) for kind, turns in kinds.items() if turns)]
    )


def learned_from(case: EverydayCase) -> bool:
    """Check whether a conversation was there to be learned from after the first look: those with odd numbers were."""
    return int(case.id.rpartition("-")[2]) % 2 == 1


def _row(kind: str, asked: Sequence[Asked]) -> str:
    there = [one for one in asked if one.turn.holds != "nothing"]
    nothing = [one for one in asked if one.turn.holds == "nothing"]
    right, judged = _share(asked, "right"), sum(one.turn.judged == "right" for one in asked) / len(asked)
    return f"| {kind} | {len(asked)} | {right:.2f} | {_share(there, 'refused'):.2f} | {_share(nothing, 'made up'):.2f} | {judged:.2f} |"


def _share(asked: Sequence[Asked], what: Outcome) -> float:
    return sum(one.outcome == what for one in asked) / len(asked) if asked else 0.0


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--round", choices=rounds(), default=rounds()[-1], help="the newest by default")
    parser.add_argument(
        "--show", choices=("right", "wrong", "refused", "made up"), help="print the turns that came out so"
    )
    arguments = parser.parse_args()
    asked = asyncio.run(measure(everyday_cases(arguments.round)))
    for one in asked:
        if one.outcome == arguments.show:
            print(f"{one.case.id}#{one.place} {one.turn.text}\n    {one.text}\n")
    print(f"{arguments.round}\n{table(asked)}")


if __name__ == "__main__":
    main()
