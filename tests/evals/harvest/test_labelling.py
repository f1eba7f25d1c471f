"""Harvested cases are labelled in the terminal, one after another."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from stylegraph.evals.cli import app
from stylegraph.evals.harvest.cases import HarvestedCase, read, write


@pytest.fixture
def file(tmp_path):
    cases = [
        HarvestedCase(id=f"h-ko-0000000{number}", question=f"질문 {number}", complaint="틀려요", routes=["documents"])
        for number in (1, 2, 3)
    ]
    write(cases, tmp_path / "cases.yaml")
    return tmp_path / "cases.yaml"


def label(file, *lines):
    return CliRunner().invoke(app, ["label", str(file)], input="".join(f"{line}\n" for line in lines))


def test_each_is_shown_and_labelled_and_what_is_skipped_stays_for_later(file):
    ran = label(
        file,
        *("-", "documents, web", "answered, best_effort", "30 °C | 30 degrees, by hand", "60", "80,000"),
        *("", "", "", "", ""),
    )
    assert ran.exit_code == 0
    assert "2/3 h-ko-00000002 (disliked)" in ran.output
    assert "complaint: 틀려요" in ran.output
    assert "2 of 3 labelled" in ran.output
    first, second, third = read(file)
    assert not first.labelled
    assert second.routes == ["documents", "web"]
    assert [one.value for one in second.statuses] == ["answered", "best_effort"]
    assert second.facts == [["30 °C", "30 degrees"], ["by hand"]]
    assert (second.never, second.most_krw) == (["60"], 80_000)
    assert (third.routes, [one.value for one in third.statuses], third.facts) == (["documents"], ["answered"], [])


def test_what_can_not_be_used_is_said_and_asked_again_and_an_end_keeps_what_was_done(file):
    ran = label(file, "", "well", "", "answered", "", "", "")
    assert "does not end as 'well'" in ran.output
    assert [case.labelled for case in read(file)] == [True, False, False]


def test_where_all_are_labelled_it_says_so(file):
    label(file, *[""] * 15)
    assert "no case without a label" in label(file).output
