"""`pytest evals`: every suite, judged and held to `thresholds.yaml`; a model's answers are replayed, nothing is fetched."""

from __future__ import annotations

import pytest

from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.harness.report import COUNTED, rows
from stylegraph.evals.harness.runs import judge
from stylegraph.evals.harness.suite import Maker
from stylegraph.evals.suites import NAMES, suite

THRESHOLDS = read_yaml("stylegraph.evals", "thresholds.yaml")
JUDGED = [(name, maker) for name in NAMES for maker in suite(name).makers]
NOT_HELD = {*COUNTED, "seconds"}
MOST = 1_500
"""Cases of a suite that are judged here; of more, every second or third: all routes would take two minutes."""


@pytest.mark.parametrize(("name", "maker"), JUDGED)
async def test_no_result_is_below_its_threshold(name: str, maker: Maker) -> None:
    """Judge the tune split."""
    judged = await judge(suite(name), maker, split="tune", only=_thinned(name))
    assert [f"{one.case}: {one.error}" for one in judged if one.error] == []
    found = {row.result: row.everyone for row in rows(judged) if row.result not in NOT_HELD}
    least = THRESHOLDS[name][maker]
    assert found.keys() == least.keys()
    assert {result: share for result, share in found.items() if share < least[result] - 1e-9} == {}


def _thinned(name: str) -> list[str]:
    ids = [str(case.name) for case in suite(name).dataset("tune", ()).cases]
    return ids[:: -(-len(ids) // MOST)]


def test_a_threshold_without_a_suite_is_noticed() -> None:
    """Compare the names."""
    assert {(name, maker) for name, makers in THRESHOLDS.items() for maker in makers} == set(JUDGED)
