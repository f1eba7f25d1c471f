"""The documents of `cases/reading/` keep their promises: every label points at a sentence, and the splits share no document."""

from __future__ import annotations

from collections import Counter

import pytest

from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.reading_cases import ReadSection, reading_documents

DOCUMENTS = reading_documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.id)
def test_what_answers_a_question_stands_in_its_document_as_a_file_would_have_it(document):
    text = document.markdown()
    for question in document.questions:
        assert all(holds(text, [answer]) for answer in document.answers(question))
        assert not question.answer or question.kind not in ("absent", "other")
        assert (question.kind == "cross") == (question.lang != document.lang)


def test_all_splits_are_of_both_languages_and_no_document_comes_twice():
    assert max(Counter(one.id for one in DOCUMENTS).values()) == 1
    assert max(Counter(one.title for one in DOCUMENTS).values()) == 1
    for split in ("train", "tune", "test"):
        assert {one.lang for one in DOCUMENTS if one.split == split} == {"ko", "en"}


def test_prose_goes_on_and_a_row_begins_a_line():
    section = ReadSection(heading="Fees", sentences=["These are due.", "All in euros.", "Deposit | 50", "Ask first."])
    assert section.text == "These are due. All in euros.\n- Deposit | 50\nAsk first."


def test_what_answers_is_taken_out_and_all_else_stays():
    document = next(one for one in DOCUMENTS if any(len(asked.answer) > 1 for asked in one.questions))
    question = next(asked for asked in document.questions if len(asked.answer) > 1)
    without = document.without(question)
    said = [sentence for section in document.sections for sentence in section.sentences]
    left = [sentence for section in without.sections for sentence in section.sentences]
    assert left == [sentence for sentence in said if sentence not in document.answers(question)]
    assert [asked.q for asked in without.questions if not asked.answer] == [question.q]


def test_a_section_that_only_answers_goes_with_its_heading():
    fees = ReadSection(heading="Fees", sentences=["The rent is 50 euros."])
    document = next(one for one in DOCUMENTS if one.questions[0].answer)
    question = document.questions[0].model_copy(update={"answer": [(0, 0)]})
    short = document.model_copy(update={"sections": [fees, *document.sections[1:]]})
    assert [section.heading for section in short.without(question).sections] == [
        section.heading for section in document.sections[1:]
    ]
