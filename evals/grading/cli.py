"""`stylegraph-evals grade`: grades the answers of any system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.screen import Screen, json_line

if TYPE_CHECKING:
    from stylegraph.evals.grading.records import Graded, Grader

By = Literal["auto", "local", "model"]
EXAMPLES = (
    "stylegraph-evals grade --in answers.jsonl --out grades.jsonl",
    "STYLEGRAPH_BASE_URL=http://127.0.0.1:8080/v1 stylegraph-evals grade --in answers.jsonl --out grades.jsonl",
)


async def grade(
    screen: Screen,
    *,
    given: Annotated[Path, typer.Option("--in", metavar="FILE.jsonl", help="The answers, one JSON object a line.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="The file that is written.")],
    by: Annotated[
        By, typer.Option(help="`auto`: by the chat model where a key or a base URL is set, else locally.")
    ] = "auto",
) -> None:
    """Grade the answers of any RAG system: which sentences its evidence bears, and whether the question is answered.

    A line is {"id", "question", "evidence": ["text", {"id", "text"}, ...], "answer"}; [1] in the answer cites the first piece. A grade is
    {"id", "groundedness", "sentences": [{"text", "supported", "likely", "evidence", "cited"}], "answers_question", "answers",
    "citations", "graded_by", "note"}. Korean and English, also mixed. Sentences that claim nothing (greetings, questions, lead-ins) are left
    out. The local grader needs no key; how often it is right: python -m stylegraph.evals.grading.fitting --split test.
    """
    from stylegraph.evals.grading.records import read_answers

    answers = list(read_answers(given))
    if not answers:
        raise InputError(f"{given} holds no answers.", "A line is a JSON object: stylegraph-evals grade --help.")
    if given.resolve() == out.resolve():
        raise InputError("--in and --out are the same file.", "Name another file for the grades.")
    grades = []
    async with _opened(by) as grader:
        with screen.bar("grade", len(answers)) as bar:
            for answered in answers:
                grades.append(await grader.grade(answered))
                bar.advance()
    out.write_text("".join(f"{json_line(one.model_dump())}\n" for one in grades), encoding="utf-8")
    _tell(screen, out, grades)


@asynccontextmanager
async def _opened(by: By) -> AsyncIterator[Grader]:
    from stylegraph.agent.settings import load_settings
    from stylegraph.evals.grading.local import LocalGrader
    from stylegraph.tools.embeddings import LocalEmbedder

    settings, local = load_settings(), LocalGrader(LocalEmbedder())
    if by == "model" and not settings.has_model:
        raise InputError(
            "There is no chat model to grade by.", "Set OPENAI_API_KEY or STYLEGRAPH_BASE_URL, or use --by local."
        )
    if by == "local" or not settings.has_model:
        yield local
        return
    from stylegraph.agent.llm.client import open_caller
    from stylegraph.evals.grading.model import ModelGrader

    async with open_caller(settings) as caller:
        yield ModelGrader(caller, local)


def _tell(screen: Screen, out: Path, grades: Sequence[Graded]) -> None:
    claimed = [one.groundedness for one in grades if one.groundedness is not None]
    grounded = sum(claimed) / len(claimed) if claimed else None
    answering = sum(one.answers_question for one in grades)
    by = sorted({one.graded_by for one in grades})
    noted = sum(bool(one.note) for one in grades)
    if screen.json:
        told = {"file": str(out), "answers": len(grades), "groundedness": grounded, "answering": answering}
        screen.record({**told, "graded_by": by, "noted": noted})
        return
    shown = "nothing is claimed" if grounded is None else f"groundedness {grounded:.3f}"
    screen.say(f"{len(grades):,} answers graded by {', '.join(by)}: {shown}, {answering:,} answer their question")
    if noted:
        screen.say(f"{noted:,} could not be graded as asked: see their notes", "yellow")
    screen.say(str(out))
