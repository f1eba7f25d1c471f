"""Labelled sentences and evidence (`cases/support.yaml`), judged by a chat model; the judgements of some are recorded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import LANGUAGES
from stylegraph.evals.grading.cases import SupportCase, support_cases
from stylegraph.evals.grading.local import LocalGrader
from stylegraph.evals.grading.model import Judgement, ModelGrader
from stylegraph.evals.grading.records import Answered, Piece
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.replay.http import cassette, replaying
from stylegraph.tools.embeddings import LocalEmbedder

FOLDER = "judge"
_EVERY = 3


@cache
def judged_cases() -> Sequence[SupportCase]:
    """Return the cases whose judgement is recorded: of each language, the third of the tune split, the sixth, and so on.

    The rule was written down before any of them was judged. The judge's prompt was worked on with others.
    """
    tune = [case for case in support_cases() if case.split == "tune"]
    return [
        case
        for language in LANGUAGES
        for case in [one for one in tune if one.language == language][_EVERY - 1 :: _EVERY]
    ]


def as_answer(case: SupportCase) -> Answered:
    """Return all that is said in a case as one answer, in an order that tells nothing: the file has what is borne first."""
    said = [text for one in case.said for text in one.values()]
    pieces = [Piece(id=str(number), text=text) for number, text in enumerate(case.evidence, 1)]
    mixed = random.Random(case.id).sample(said, len(said))
    return Answered(id=case.id, question=case.question, evidence=pieces, answer="\n".join(mixed))


async def judge(case: SupportCase, settings: Settings) -> Judgement:
    """Ask the chat model that the settings name."""
    async with open_caller(settings) as caller:
        return await ModelGrader(caller, LocalGrader(LocalEmbedder())).judge(as_answer(case))


async def judged_again(case: SupportCase) -> Judgement:
    """Ask what was recorded.

    Raises:
        ReplayError: The model is asked something else than what was recorded.
    """
    with replaying(cassette(FOLDER, case.id)) as recorded:
        return await judge(case, settings_for(recorded.against["model"]))
