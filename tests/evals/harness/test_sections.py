"""The documents of many fields keep their promises: what is asked stands in them, and what is absent does not come twice."""

from collections import Counter

import pytest

from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.sections import load_sections, open_sections


@pytest.mark.parametrize("document", load_sections(), ids=lambda one: one.name)
def test_every_fact_that_is_asked_for_stands_in_its_document(document):
    missing = [
        (asked, fact) for asked, facts in document.asked.items() for fact in facts if not holds(document.text, [fact])
    ]
    assert not missing
    assert document.absent


def test_both_splits_and_languages_are_there_and_no_question_twice():
    documents = load_sections()
    cases = [case for one in documents for case in one.cases()]
    assert {(case.split, case.language) for case in cases} == {(a, b) for a in ("tune", "test") for b in ("ko", "en")}
    assert max(Counter(case.id for case in cases).values()) == 1
    assert not {case.question for case in cases if case.answerable} & {
        one.question for one in cases if not one.answerable
    }


async def test_all_of_them_lie_in_one_index():
    async with open_sections() as (documents, _):
        card = await documents.index_card(max_tokens=2_000)
    assert all(one.title in card for one in load_sections())
