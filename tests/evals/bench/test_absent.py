"""Whether a document answers: told by what reads it, and by the question alone."""

from __future__ import annotations

import numpy as np
import pytest
from reading_parts import HALL, RENT

from stylegraph.evals.bench.absent import Asked, area, read_all, taken_out, told_alone
from stylegraph.tools.embeddings import LocalEmbedder


async def test_a_question_is_asked_again_without_its_answer():
    embedder = LocalEmbedder()
    there, not_there = await read_all([HALL], embedder)
    [gone] = await read_all(taken_out([HALL]), embedder)
    assert (there.answered, not_there.answered, gone.answered) == (True, False, False)
    assert there.question == gone.question == RENT.q
    assert there.likely > gone.likely


@pytest.mark.parametrize(
    ("likely", "told"), [([0.9, 0.8, 0.1], 1.0), ([0.1, 0.2, 0.9], 0.0), ([0.5, 0.5, 0.5], 0.5), ([0.9, 0.1, 0.5], 0.5)]
)
def test_the_area_is_how_often_an_answered_question_counts_as_likelier(likely, told):
    assert area(likely, [True, True, False]) == told


def test_the_questions_alone_tell_what_is_absent_only_where_they_are_asked_otherwise():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 8)).astype(np.float32)
    styled = [Asked(f"en-{place % 20}", "", bool(vector[0] > 0), 0.5) for place, vector in enumerate(vectors)]
    assert area(told_alone(vectors, styled), [one.answered for one in styled]) > 0.9
    pairs = [one._replace(answered=answered) for one in styled for answered in (True, False)]
    assert area(told_alone(np.repeat(vectors, 2, axis=0), pairs), [one.answered for one in pairs]) == 0.5
