"""What 300 documents of many fields answer, without a key: asked in everyday words, a quarter of it not said there.

    python -m stylegraph.evals.bench.reading --split test --show refused

Each question is put twice: to the assistant, with all documents in one index, where some questions name nothing that would tell
which document they are about; and to its reader alone, shown the sections of the right document.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from stylegraph.agent.local.reader.reader import GOOD, Reader
from stylegraph.agent.local.support.likelihoods import all_alike
from stylegraph.agent.reply import Reply, Status
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.reading_cases import ReadDocument, ReadQuestion, Split, index_reading, reading_documents
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.embeddings import LocalEmbedder

Outcome = Literal["right", "partly", "wrong", "refused", "made up", "left"]
_KINDS: Mapping[str, Callable[[ReadQuestion], bool]] = {
    "all": lambda question: True,
    "Korean": lambda question: question.kind != "cross" and question.lang == "ko",
    "English": lambda question: question.kind != "cross" and question.lang == "en",
    "in the other language": lambda question: question.kind == "cross",
    "another thing of the kind": lambda question: question.kind == "other",
}
_SAID_NOTHING = (Status.NOT_FOUND, Status.DECLINED, Status.ASKED_BACK)


class Read(NamedTuple):
    """A question, and what came of it."""

    document: ReadDocument
    question: ReadQuestion
    outcome: Outcome
    text: str


def outcome(answers: Sequence[str], reply: Reply) -> Outcome:
    """Return what came of a question: right with every sentence that answers it, partly with some of them.

    Args:
        answers: The sentences that answer it; none where the document doesn't say.
        reply: Quotes sentences, as the assistant without a model does.
    """
    refused = reply.status in _SAID_NOTHING
    if not answers:
        return "left" if refused else "made up"
    if refused:
        return "refused"
    held = sum(holds(reply.text, [answer]) for answer in answers)
    return "right" if held == len(answers) else "partly" if held else "wrong"


class Shown(NamedTuple):
    """A question, and what the reader makes of the document that it is about."""

    question: ReadQuestion
    likely: float
    """How likely the document answers it."""
    hit: bool
    """Whether the sentence that is likeliest to answer does."""


async def read_alone(documents: Sequence[ReadDocument]) -> list[Shown]:
    """Show the reader each document with each of its questions."""
    reader = Reader(LocalEmbedder(), all_alike)
    return [await _shown(reader, document, question) for document in documents for question in document.questions]


async def _shown(reader: Reader, document: ReadDocument, question: ReadQuestion) -> Shown:
    reading = await reader.read(question.q, document.evidence())
    best = max(reading.lines, key=lambda line: line.answers)
    return Shown(question, reading.likely, any(holds(best.text, [answer]) for answer in document.answers(question)))


def shown_table(shown: Sequence[Shown]) -> str:
    """Return a row for each kind of question: the best sentence, and both ways to be right on whether it is answered."""
    head = "| shown the document | | its best sentence answers | taken for answered | | taken for answered though not | balanced |"
    rows = [_shown_row(kind, [one for one in shown if belongs(one.question)]) for kind, belongs in _KINDS.items()]
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def _shown_row(kind: str, shown: Sequence[Shown]) -> str:
    there = [one for one in shown if one.question.answer]
    nothing = [one for one in shown if not one.question.answer]
    hit = _mean([one.hit for one in there])
    taken, wrongly = _mean([one.likely >= GOOD for one in there]), _mean([one.likely >= GOOD for one in nothing])
    cells = [_told(value) for value in (hit, taken, wrongly, (taken + 1 - wrongly) / 2)]
    return f"| {kind} | {len(there)} | {cells[0]} | {cells[1]} | {len(nothing)} | {cells[2]} | {cells[3]} |"


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


def _told(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


async def measure(split: Split) -> list[Read]:
    """Ask the questions of one split, each in a conversation of its own."""
    documents = reading_documents()
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(None, web=None, home=Path(folder))
        await index_reading(Path(folder) / "texts", settings)
        async with open_assistant(settings) as assistant:
            asked = []
            for document in (one for one in documents if one.split == split):
                for place, question in enumerate(document.questions):
                    reply = await ask(assistant, question.q, thread=f"{document.id}-{place}")
                    found = outcome(document.answers(question), reply)
                    asked.append(Read(document, question, found, reply.text))
            return asked


def table(asked: Sequence[Read]) -> str:
    """Return a row for each kind of question."""
    rows = [_row(kind, [one for one in asked if belongs(one.question)]) for kind, belongs in _KINDS.items()]
    head = "| questions | | right | partly | wrong | refused though there | not there | answered all the same |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *rows])


def _row(kind: str, asked: Sequence[Read]) -> str:
    there = [one for one in asked if one.question.answer]
    nothing = [one for one in asked if not one.question.answer]
    shares = [_told(_mean([one.outcome == what for one in there])) for what in ("right", "partly", "wrong", "refused")]
    made_up = _told(_mean([one.outcome == "made up" for one in nothing]))
    return f"| {kind} | {len(there)} | {' | '.join(shares)} | {len(nothing)} | {made_up} |"


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=get_args(Split), default="test")
    parser.add_argument("--show", choices=get_args(Outcome), help="print the questions that came out so")
    arguments = parser.parse_args()
    asked = asyncio.run(measure(arguments.split))
    for one in asked:
        if one.outcome == arguments.show:
            answers = " / ".join(one.document.answers(one.question))
            print(f"{one.document.id} {one.question.q}\n    there: {answers}\n    {one.text}\n")
    shown = asyncio.run(read_alone([one for one in reading_documents() if one.split == arguments.split]))
    print(f"{arguments.split}\n{table(asked)}\n\n{shown_table(shown)}")


if __name__ == "__main__":
    main()
