"""The labelled questions on documents: each label is true of the documents themselves."""

from collections import Counter

import pytest

from stylegraph.evals.harness.document_cases import SAMPLES, holds, load_document_cases, world_folder
from stylegraph.tools.knowledge.samples import samples

CASES = load_document_cases()
WORLDS = sorted({case.world for case in CASES} - {SAMPLES})


def text_of(case):
    """Return the text of all documents that a case names."""
    named = {case.document, *case.also}
    folders = [world_folder(case.world)] if case.world != SAMPLES else [sample.path for sample in samples()]
    paths = [path for folder in folders for path in (folder.rglob("*") if folder.is_dir() else [folder])]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.name in named)


def test_ids_are_unique():
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


def test_a_question_is_asked_once_of_a_world():
    assert [one for one, count in Counter((case.world, case.question) for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize("world", WORLDS)
def test_every_fact_stands_in_a_document_of_its_world(world):
    cases = [case for case in CASES if case.world == world and case.answerable]
    assert [(case.id, fact) for case in cases for fact in case.facts if not holds(text_of(case), fact)] == []


def test_only_what_can_be_answered_has_a_document_and_facts():
    assert [case.id for case in CASES if case.answerable != bool(case.document and case.facts)] == []


def test_every_world_has_questions_that_its_documents_do_not_answer():
    assert {case.world for case in CASES if not case.answerable} == {SAMPLES, *WORLDS}


def test_the_family_of_an_id_decides_the_split():
    families = {(case.id.partition("-")[0], case.split) for case in CASES}
    assert families == {("d", "tune"), ("d2", "tune"), ("d3", "tune"), ("d4", "test"), ("x", "tune")}
