"""Figures of ranking are what their formula says, and fusing is no worse than the better leg."""

import math
from hashlib import blake2b
from importlib.resources import files

import pytest

from stylegraph.evals.bench.autorag import GOAL, OWN, TEST, folder, read
from stylegraph.evals.bench.labelled import (
    RRF,
    Labelled,
    Question,
    articles,
    measure,
    ndcg,
    pairs,
    sampled,
    squad,
)
from stylegraph.evals.cases import read_cases

SQUAD = {
    "data": [
        {
            "title": "Wool_care",
            "paragraphs": [
                {"context": "Wash cold.", "qas": [{"question": "How cold?"}, {"question": "Wash?"}]},
                {"context": "Dry flat.", "qas": [{"question": "How to dry?"}]},
            ],
        }
    ]
}


def test_gain_falls_with_the_rank_and_grades_count():
    assert ndcg(["a", "b"], {"a": 1}) == 1
    assert ndcg(["b", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["b"], {"a": 1}) == 0
    assert ndcg(["x"] * 10 + ["a"], {"a": 1}) == 0
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_readers_give_documents_and_what_they_answer():
    assert [one["text"] for one in squad(SQUAD).documents] == ["Wash cold.", "Dry flat."]
    assert squad(SQUAD).questions[2] == Question("How to dry?", {"p1": 1})
    assert articles(SQUAD).documents == [{"id": "a0", "title": "Wool care", "text": "Wash cold.\n\nDry flat."}]
    assert len(articles(SQUAD).questions) == 3
    shared = pairs([{"query": "x", "positive": ["one", "two"]}, {"query": "y", "positive": ["two"]}])
    assert len(shared.documents) == 2
    assert shared.questions[1] == Question("y", {"t1": 1})


def test_a_sample_is_always_the_same():
    labelled = Labelled([], [Question(str(number), {}) for number in range(50)])
    assert sampled(labelled, 5) == sampled(labelled, 5)
    assert len(sampled(labelled, 500).questions) == 50


def was_test(case):
    """Find the first questions that were kept aside as a test: the ranking was chosen without them."""
    odd = int(blake2b(case["id"].encode(), digest_size=2).hexdigest(), 16) % 2 == 1
    return case["id"].startswith("d-") and odd


def guide():
    """The sample guide and the questions on it that were kept aside, Korean and English, some across languages."""
    pages = sorted((files("stylegraph.tools") / "knowledge" / "guide").iterdir(), key=lambda page: page.name)
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages}
    documents = [{"id": name, "title": text.splitlines()[0].lstrip("# "), "text": text} for name, text in texts.items()]
    cases = read_cases("documents")
    questions = [
        Question(case["question"], {case["document"]: 2} | {one: 1 for one in case.get("also") or [] if one in texts})
        for case in cases
        if was_test(case) and case["document"] in texts
    ]
    return Labelled(documents, questions)


async def test_fused_is_no_worse_than_the_better_leg_on_questions_that_nothing_was_chosen_on():
    labelled = guide()
    assert len(labelled.questions) > 50
    scores = await measure(labelled)
    assert scores["fused"] >= max(scores["lexical"], scores["dense"])
    assert scores["fused"] > scores[RRF]


@pytest.mark.skipif(folder() is None, reason="needs STYLEGRAPH_SHARED with data/autorag-ko")
@pytest.mark.integration
async def test_the_korean_pages_are_ranked_as_well_as_is_claimed():
    labelled = read(folder(), TEST)
    scores = await measure(labelled)
    assert scores["fused"] >= GOAL
    assert scores["fused"] >= scores["lexical"]


@pytest.mark.skipif(folder() is None, reason="needs STYLEGRAPH_SHARED with data/autorag-ko")
def test_our_own_questions_name_pages_that_there_are():
    labelled = read(folder(), OWN)
    pages = {page["id"] for page in labelled.documents}
    assert all(set(question.relevant) <= pages for question in labelled.questions)
