"""The cases of the whole assistant keep their promises, and a conversation is held as it is written."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from stylegraph.agent.reply import Status
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import split_of
from stylegraph.evals.harness.ask_cases import AskCase, ask_cases, asking
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.relevance import affordable, meets
from stylegraph.evals.harness.turn_evaluators import Constraints, LookedFor, NothingMadeUp, StandsAlone
from stylegraph.evals.recording.elastic import ClusterCase
from stylegraph.evals.recording.embeddings import EmbeddingCase
from stylegraph.evals.recording.outages import BudgetCase, OutageCase, budget_cases, endure
from stylegraph.evals.recording.web import PAGES, WebCase
from stylegraph.evals.suites import NAMES, suite
from stylegraph.evals.suites.pictures import PictureCase, files_of
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

FILES = {
    "conversations": AskCase,
    "unanswerable": AskCase,
    "styling": AskCase,
    "pictures": PictureCase,
    "web": WebCase,
    "budgets": BudgetCase,
    "cluster": ClusterCase,
    "embeddings": EmbeddingCase,
    "outages": OutageCase,
}
CASES = {name: ask_cases(name, kind) for name, kind in FILES.items()}
EVERY = [case for cases in CASES.values() for case in cases]


def test_an_id_stands_once_and_no_question_twice_in_the_same_place():
    assert [name for name, count in Counter(case.id for case in EVERY).items() if count > 1] == []
    for cases in CASES.values():
        asked = Counter((case.asked.casefold(), *getattr(case, "pictures", ())) for case in cases)
        assert [one for one, count in asked.items() if count > 1] == []


def test_every_file_has_both_languages_and_both_splits():
    for name, cases in CASES.items():
        assert {case.language for case in cases} == {"ko", "en"}, name
        assert {case.split for case in cases} == {"tune", "test"}, name
        assert all(case.split == split_of(case.id) for case in cases)


def test_the_language_is_that_of_the_question():
    assert [case.id for case in EVERY if detect_language(case.question) != case.language] == []


def test_at_least_three_items_of_the_catalogue_meet_what_must_be_met():
    items = sample_items()
    for case in EVERY:
        if wanted := case.items:
            fitting = [
                item
                for item in items
                if all(meets(item, group) for group in wanted.must)
                if not any(meets(item, group) for group in wanted.never)
                if affordable(wanted.price, item)
            ]
            assert len(fitting) >= 3, case.id


def test_every_picture_and_every_page_is_there():
    for case in CASES["pictures"]:
        assert all(path.is_file() for path in files_of([*case.pictures, *case.before])), case.id
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES.glob("*.html"))
    for case in CASES["web"]:
        assert all(f"https://{page}" in pages for page in case.pages), case.id


def test_a_field_that_nobody_knows_is_refused():
    good = {"id": "c-ko-001", "kind": "k", "question": "네?"}
    assert AskCase(**good).statuses == [Status.ANSWERED]
    for bad in ({"route": ["web"]}, {"id": "c-1"}, {"statuses": []}, {"routes": ["shop"]}):
        with pytest.raises(ValidationError):
            AskCase(**good | bad)


def test_there_are_at_least_three_hundred_cases_of_the_whole_and_far_more_of_its_parts():
    counts = {name: len(suite(name).cases()) for name in NAMES}
    assert sum(counts[name] for name in (*FILES, "fashion", "turns", "attacks")) >= 300
    assert sum(counts.values()) >= 2_500


class Judged:
    """What an evaluator sees."""

    def __init__(self, case, watched):
        self.inputs, self.output = case, watched


async def test_a_conversation_is_held_in_one_thread_over_a_restart_and_no_other_sees_it():
    follow_up = {"kind": "k", "question": "그럼 건조기는?", "standalone": [["니트", "울"], ["건조기"]]}
    held = AskCase(id="c-ko-998", earlier=["울 니트 어떻게 빨아야 해?"], restarted=True, **follow_up)
    alone = AskCase(id="c-ko-999", **follow_up)
    async with asking() as assistant:
        assert StandsAlone().evaluate(Judged(held, await assistant.ask(held))) == {"standalone": True}
        assert StandsAlone().evaluate(Judged(alone, await assistant.ask(alone))) == {"standalone": False}


async def test_constraints_queries_and_figures_are_judged_by_what_was_shown_and_sent():
    case = AskCase(id="c-ko-997", kind="k", question="5만원 이하 검은 치마 추천해줘", never=["치마"])
    async with asking() as assistant:
        watched = await assistant.ask(case)
    right = {"must": [{"category": ["skirt"]}], "price": {"lte": 50_000}}
    for items, share in ((right, 1.0), ({"must": [{"category": ["coat"]}]}, 0.0), ({"price": {"lte": 1}}, 0.0)):
        labelled = AskCase(**case.model_dump(exclude={"items"}), items=items)
        assert Constraints().evaluate(Judged(labelled, watched)) == {"constraints": share}
    sent = AskCase(**case.model_dump(exclude={"queries"}), queries={"fashion": [["치마"], ["코트"]]})
    assert LookedFor().evaluate(Judged(sent, watched)) == {"query terms": 0.5}
    text = watched.reply.model_copy(update={"text": "치마는 없어요."})
    assert NothingMadeUp().evaluate(Judged(case, watched._replace(reply=text))) == {"nothing made up": False}


async def test_a_figure_that_stands_nowhere_is_noticed():
    case = AskCase(id="c-ko-996", kind="k", question="울 니트 몇 도에 빨아?")
    async with asking() as assistant:
        watched = await assistant.ask(case)
    assert NothingMadeUp().evaluate(Judged(case, watched)) == {"figures borne": 1.0}
    said = watched.reply.model_copy(update={"text": "95도에서 12분 빠세요. [1]"})
    assert NothingMadeUp().evaluate(Judged(case, watched._replace(reply=said)))["figures borne"] < 1


async def test_a_turn_that_has_no_time_left_and_found_nothing_does_its_best_and_says_so():
    (case,) = (one for one in budget_cases() if one.id == "b-en-008")
    reply = (await endure(case, settings_for(None, web=None))).reply
    assert reply.status is Status.BEST_EFFORT
    assert "budget_ended" in {note["code"] for note in reply.notes}
