"""The weights keep to the signs that their columns may have, and the shipped ones grade the tune split as was reported."""

import numpy as np
import pytest

from stylegraph.agent.local.support import answering, comparison
from stylegraph.agent.local.support.likelihoods import LEAST
from stylegraph.agent.local.support.weights import fit, fitted
from stylegraph.evals.grading import fitting
from stylegraph.evals.grading.cases import sentence_pairs, support_cases


def test_a_column_counts_only_the_way_it_may():
    chance = np.random.default_rng(5)
    features = chance.normal(size=(300, 2))
    labels = features[:, 0] - features[:, 1] > 0
    free = fit(features, labels, [0, 0], 1.0)
    held = fit(features, labels, [0, 1], 1.0)
    assert free.columns[0] > 1
    assert free.columns[1] < -1
    assert held.columns[1] == 0


def test_right_and_wrong_count_the_same_however_many_there_are():
    features = np.array([[1.0]] * 90 + [[-1.0]] * 10)
    model = fit(features, [True] * 90 + [False] * 10, [0], 1.0)
    assert model.likely(np.array([[1.0]]))[0] > 0.5 > model.likely(np.array([[-1.0]]))[0]


@pytest.mark.parametrize(("part", "signs"), [("support", comparison.SIGNS), ("answers", answering.SIGNS)])
def test_the_shipped_weights_keep_to_their_signs(part, signs):
    weights = fitted(part, tuple(signs)).columns
    assert all(weight * sign >= 0 for weight, sign in zip(weights, signs.values(), strict=True) if sign)


@pytest.mark.parametrize("split", ["tune", "test"])
def test_there_are_hard_pairs_in_both_languages(split):
    pairs = sentence_pairs(split)
    for language in ("ko", "en"):
        own = [pair for pair in pairs if pair.case.language == language]
        assert len(own) >= 90
        assert 0.3 < np.mean([pair.label for pair in own]) < 0.5


def test_no_sentence_stands_in_the_cases_twice():
    said = [(case.evidence[0], text) for case in support_cases() for one in case.said for text in one.values()]
    assert len(said) == len(set(said))


async def test_the_tune_split_is_graded_as_it_was_when_the_weights_were_written():
    tables = await fitting.collect("tune")
    right = {
        part: np.mean((fitted(part, tuple(fitting._NAMES[part])).likely(table.features) >= LEAST) == table.labels)
        for part, table in tables.items()
    }
    assert right["support"] >= 0.81
    assert right["answers"] >= 0.77
