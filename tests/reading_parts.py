"""A document of `cases/reading` in small, with a question that it answers and one that it doesn't."""

from __future__ import annotations

from stylegraph.evals.harness.reading_cases import ReadDocument, ReadQuestion, ReadSection

RENT = ReadQuestion(q="What is the rent of the hall?", lang="en", answer=[(0, 0)], kind="plain")
COLLECTOR = ReadQuestion(q="who collects it", lang="en", answer=[], kind="other")
HALL = ReadDocument(
    id="en-1",
    split="test",
    lang="en",
    field="housing",
    title="Renting the hall",
    sections=[
        ReadSection(heading="Fees", sentences=["The rent of the hall is 50 euros.", "The deposit is 90 euros."]),
        ReadSection(heading="Kitchen", sentences=["Cups stand in the cupboard.", "The oven is out of order."]),
    ],
    questions=[RENT, COLLECTOR],
)
