"""Means by suite and language, Markdown, a comparison with its interval, and pages that hold no markup of strangers."""

import numpy as np
import pytest

from stylegraph.evals.harness.comparison import bootstrap, compare, mends
from stylegraph.evals.harness.html_report import write_pages
from stylegraph.evals.harness.report import failing, markdown, rows
from stylegraph.evals.harness.runs import Judged, Run


def judged(case, language="ko", right=True, **more):
    given = {"suite": "s", "maker": "local", "split": "tune", "kind": "k", "asked": "무엇을?"}
    return Judged(**{**given, "case": case, "language": language, "passed": {"right": right}, **more})


def test_a_row_has_the_mean_of_all_and_of_each_language():
    (row, seconds) = rows([judged("1"), judged("2", right=False), judged("3", "en")])
    assert (row.result, row.cases) == ("right", 3)
    assert row.everyone == pytest.approx(2 / 3)
    assert (row.ko, row.en) == (0.5, 1.0)
    assert seconds.result == "seconds"


def test_suites_makers_and_splits_stay_apart():
    found = rows([judged("1"), judged("1", maker="model"), judged("2", split="test"), judged("1", suite="t")])
    assert len({(row.suite, row.maker, row.split) for row in found}) == 4


def test_what_got_no_answer_is_counted():
    found = {row.result: row.everyone for row in rows([judged("1"), judged("2", passed={}, error="broke")])}
    assert found["errors"] == 1
    assert found["right"] == 1.0


def test_a_grader_s_kappa_is_over_the_sentences_of_all_cases():
    agreeing, doubtful = [(True, True), (False, False)], [(True, False), (True, True)]
    found = rows([judged("1", verdicts=agreeing), judged("2", "en", verdicts=doubtful), judged("3", passed={})])
    (row,) = [row for row in found if row.result == "kappa"]
    assert row.cases == 2
    assert row.everyone == pytest.approx(0.5)  # 3 of 4 agree, 2 of 4 would by chance
    assert (row.ko, row.en) == (1.0, 0.0)


def test_the_table_in_markdown_has_a_line_for_each_result():
    table = markdown([judged("1", scores={"calls": 3.0})]).splitlines()
    assert table[0].startswith("| suite | maker |")
    assert len(table) == 2 + 3
    assert "| calls | 1 | 3.0 |" in table[3]


def test_failing_cases_are_those_with_something_wrong():
    assert [one.case for one in failing([judged("1"), judged("2", right=False), judged("3", error="broke")])] == [
        "2",
        "3",
    ]


def test_a_comparison_names_what_got_better_and_worse():
    before = [judged("1", right=False), judged("2"), judged("3"), judged("gone")]
    after = [judged("1"), judged("2", right=False), judged("3"), judged("new")]
    (change,) = compare(before, after)
    assert (change.better, change.worse, change.cases) == (["1"], ["2"], 3)
    assert change.low < 0 < change.high
    assert not change.sure


def test_fewer_calls_are_better():
    (_, calls) = compare([judged("1", scores={"calls": 5.0})], [judged("1", scores={"calls": 3.0})])
    assert (calls.better, calls.worse) == (["1"], [])


def test_a_difference_of_all_cases_is_sure():
    before = [judged(str(case), right=False) for case in range(20)]
    (change,) = compare(before, [judged(str(case)) for case in range(20)])
    assert change.sure


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide():
    differences = np.random.default_rng(1).normal(0.3, 1.0, size=400)
    low, high = bootstrap(differences)
    assert low < differences.mean() < high
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.15)


def test_pages_show_each_failing_case_and_escape_what_strangers_wrote(tmp_path):
    hostile = judged(
        "r-1/../x",
        right=False,
        asked="<script>alert(1)</script>",
        text="<img src=x onerror=y>",
        path=["routed: <b>web</b>"],
    )
    first = write_pages(Run(name="r", made="now", judged=[judged("1"), hostile]), tmp_path / "pages")
    (page,) = (tmp_path / "pages" / "cases").iterdir()
    assert page.name in first.read_text(encoding="utf-8")
    for text in (first.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")):
        assert "<script" not in text
        assert "<img" not in text
        assert "<b>" not in text
    assert "routed: &lt;b&gt;web" in page.read_text(encoding="utf-8")


def test_which_harvested_cases_a_change_mends_and_breaks():
    def harvested(case, right):
        return judged(case, passed={"ended right": right}).model_copy(update={"suite": "harvested"})

    before = [
        harvested("h-1", False),
        harvested("h-2", True),
        harvested("h-3", False),
        judged("t-1", passed={"x": False}),
    ]
    after = [
        harvested("h-1", True),
        harvested("h-2", False),
        harvested("h-3", False),
        judged("t-1", passed={"x": True}),
    ]
    assert mends(before, after) == (["h-1"], ["h-2"])
