"""How the reader's weights are fitted."""

from __future__ import annotations

import numpy as np

from stylegraph.agent.local.reader.features import NAMES
from stylegraph.evals.harness.document_cases import DocumentCase
from stylegraph.evals.training.reader import Read, fit_lines

CASE = DocumentCase(id="one", question="how hot", language="en", document=None, answerable=True, split="tune")


def read(right, **columns):
    features = np.zeros((len(right), len(NAMES)))
    for name, values in columns.items():
        features[:, NAMES.index(name)] = values
    return Read(CASE, [], [], features, np.array(right))


def test_a_line_is_told_from_the_others_of_its_own_question():
    reads = [
        read([True, False, False], line=[0.4, 0.1, 0.0], title=[0.1, 0.1, 0.1]),
        read([False, True], line=[0.6, 0.9], title=[0.9, 0.9]),
        read([False, False], line=[1.0, 0.0]),
    ] * 20
    weights = fit_lines(reads)
    assert weights[NAMES.index("line")] > 1
    assert abs(weights[NAMES.index("title")]) < 1e-6


def test_where_several_lines_are_right_any_of_them_will_do():
    reads = [read([True, True, False], line=[1.0, 0.0, 0.0])] * 40
    assert fit_lines(reads)[NAMES.index("line")] > 1
