"""What came of a question on a document whose answering sentences are known."""

from __future__ import annotations

import pytest
from reading_parts import COLLECTOR, HALL

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Reply, Status
from stylegraph.evals.bench.reading import Read, Shown, outcome, read_alone, shown_table, table
from stylegraph.evals.harness.reading_cases import ReadQuestion

THERE = ReadQuestion(q="what do I pay", lang="en", answer=[(0, 0)], kind="plain")


def reply(text, status=Status.ANSWERED):
    return Reply(
        text=text, status=status, language="en", routes=[], citations=[], recommendations=[], spent=tally([], 0.0, 0)
    )


@pytest.mark.parametrize(
    ("answers", "said", "came"),
    [
        (["Bring a towel.", "Bring soap."], reply("Bring a towel. [1] Bring soap. [2]"), "right"),
        (["Bring a towel.", "Bring soap."], reply("Bring soap. [1]"), "partly"),
        (["Bring a towel."], reply("Bring soap. [1]"), "wrong"),
        (["Bring a towel."], reply("I found nothing.", Status.NOT_FOUND), "refused"),
        ([], reply("I found nothing.", Status.NOT_FOUND), "left"),
        ([], reply("Bring soap. [1]"), "made up"),
    ],
)
def test_every_sentence_that_answers_has_to_be_quoted(answers, said, came):
    assert outcome(answers, said) == came


def test_the_tables_tell_what_is_there_from_what_is_not():
    told = table([Read(HALL, THERE, "right", ""), Read(HALL, COLLECTOR, "made up", "")])
    assert "| all | 1 | 1.00 | 0.00 | 0.00 | 0.00 | 1 | 1.00 |" in told
    assert "| another thing of the kind | 0 | - | - | - | - | 1 | 1.00 |" in told
    shown = shown_table([Shown(THERE, 0.9, hit=True), Shown(COLLECTOR, 0.1, hit=False)])
    assert "| all | 1 | 1.00 | 1.00 | 1 | 0.00 | 1.00 |" in shown


async def test_the_reader_is_shown_the_sections_of_the_right_document():
    there, not_there = await read_alone([HALL])
    assert there.hit
    assert there.likely > not_there.likely
    assert not not_there.hit
