"""The conversations keep their promises: enough of every kind, both languages, and must-haves that can be had."""

from collections import Counter

import pytest

from stylegraph.evals.harness.agents.cases import agent_cases
from stylegraph.evals.harness.document_cases import SAMPLES, world_folder
from stylegraph.evals.harness.relevance import affordable, meets
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.knowledge.samples import samples

CASES = agent_cases()
TURNS = [pytest.param(case, turn, id=f"{case.id}#{at}") for case in CASES for at, turn in enumerate(case.turns, 1)]


def texts(case) -> dict[str, str]:
    """File name -> text of all that a case's documents hold."""
    folders = [world_folder(world) for world in case.documents if world != SAMPLES]
    folders += [sample.path for sample in samples()] if SAMPLES in case.documents else []
    files = [file for one in folders for file in ([one] if one.is_file() else one.iterdir())]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def test_there_are_enough_of_every_kind_in_both_languages_and_splits():
    assert len(CASES) >= 60
    assert set(Counter(case.id for case in CASES).values()) == {1}
    for label in ("language", "split"):
        counted = Counter(getattr(case, label) for case in CASES)
        assert min(counted.values()) >= 0.45 * len(CASES)
    by_kind = {kind: [case for case in CASES if case.kind == kind] for kind in {case.kind for case in CASES}}
    assert len(by_kind) == 9
    for cases in by_kind.values():
        assert len(cases) >= 5
        assert {case.language for case in cases} == {"ko", "en"}
        assert {case.split for case in cases} == {"tune", "test"}
    assert sum(len(case.turns) > 1 for case in CASES) >= 15


def test_no_question_stands_twice():
    asked = Counter(turn.ask for case in CASES for turn in case.turns)
    assert [question for question, times in asked.items() if times > 1] == []


@pytest.mark.parametrize(("case", "turn"), TURNS)
def test_the_catalogue_has_what_a_turn_wants(case, turn):
    wanted = turn.items
    if wanted is None:
        return
    fitting = [
        item
        for item in sample_items()
        if all(meets(item, group) for group in wanted.must)
        and not any(meets(item, group) for group in wanted.never)
        and affordable(wanted.price, item)
    ]
    assert len(fitting) >= turn.least
    for kinds in turn.kinds:
        cheapest = [item["price_krw"] for item in fitting if item["category"] in kinds]
        assert cheapest
    if turn.total and turn.total.lte:
        least = [min(item["price_krw"] for item in fitting if item["category"] in kinds) for kinds in turn.kinds]
        assert sum(least) <= turn.total.lte


@pytest.mark.parametrize(("case", "turn"), TURNS)
def test_files_that_are_to_be_cited_are_there_and_hold_the_code(case, turn):
    known = texts(case)
    files = [name for name in turn.documents if name.endswith((".md", ".html", ".txt", ".csv", ".jsonl"))]
    assert set(files) <= set(known)
    for code in turn.code:
        assert any(code.strip() in known[name] for name in files)
