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
