"""The labelled cases keep their promises: shape, split, vocabulary, coverage, and no question twice."""

import json
import os
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from stylegraph.agent.text.coreference import is_talk
from stylegraph.evals.cases import Attribute, RouteCase, WishCase, load_cases, split_of

SHARED = os.environ.get("STYLEGRAPH_SHARED")
SOURCES = {"documents", "web", "image", "fashion"}
COMBINATIONS = {
    frozenset(names.split("+"))
    for names in (
        "documents+web",
        "documents+image",
        "documents+fashion",
        "web+image",
        "web+fashion",
        "image+fashion",
        "documents+web+image",
        "documents+web+fashion",
        "documents+image+fashion",
        "web+image+fashion",
    )
}


@pytest.fixture(scope="module")
def routes() -> list[RouteCase]:
    return load_cases("routes")


@pytest.fixture(scope="module")
def wishes() -> list[WishCase]:
    return load_cases("wishes")


def plain(text: str) -> str:
    """Text without case, blanks and signs, unless it is nothing but signs."""
    return re.sub(r"[\W_]+", "", text.casefold()) or text


@pytest.mark.parametrize("name", ["routes", "wishes"])
class TestBothFiles:
    def test_an_id_stands_once_and_says_the_language(self, name):
        cases = load_cases(name)
        assert [i for i, n in Counter(case.id for case in cases).items() if n > 1] == []
        assert [case.id for case in cases if case.id.split("-")[1] != case.language] == []

    def test_the_split_follows_the_id(self, name):
        assert [case.id for case in load_cases(name) if case.split != split_of(case.id)] == []

    def test_no_text_stands_twice_whatever_its_case_and_signs(self, name):
        counts = Counter(plain(case.text) for case in load_cases(name))
        assert [text for text, n in counts.items() if n > 1] == []

    def test_korean_is_written_in_korean_and_english_in_english(self, name):
        for case in load_cases(name):
            hangul = len(re.findall(r"[가-힣ㄱ-ㅎㅏ-ㅣ]", case.text))
            latin = len(re.findall(r"[A-Za-z]", case.text))
            assert (hangul or not latin) if case.language == "ko" else latin > hangul, case.id


def test_the_split_rule_is_the_one_in_the_readme():
    splits = {
        "r-ko-0001": "tune",
        "r-ko-0004": "tune",
        "r3-ko-0001": "tune",
        "r6-ko-0001": "tune",
        "r7-ko-0001": "test",
        "w-en-0001": "tune",
        "w-en-0002": "test",
    }
    assert {case_id: split_of(case_id) for case_id in splits} == splits


def test_wishes_are_split_about_evenly_in_each_language():
    for language in ("ko", "en"):
        mine = [case for case in load_cases("wishes") if case.language == language]
        assert 0.4 <= sum(case.split == "test" for case in mine) / len(mine) <= 0.6


def test_a_case_with_an_unknown_field_or_route_is_refused():
    good = {"id": "r-ko-0001", "text": "안녕", "routes": ["chat"], "language": "ko", "ask_back": False, "split": "tune"}
    cases = TypeAdapter(list[RouteCase])
    assert cases.validate_python([good])
    for bad in (
        {"routes": ["shopping"]},
        {"routes": []},
        {"imgae": True},
        {"text": ""},
        {"id": "r-ko-1"},
        {"id": "r10-ko-0001"},
    ):
        with pytest.raises(ValidationError):
            cases.validate_python([good | bad])


class TestRoutes:
    def test_there_are_enough_in_each_language(self, routes):
        counts = Counter(case.language for case in routes)
        assert len(routes) >= 420
        assert 0.9 <= counts["ko"] / counts["en"] <= 1.1

    def test_single_and_multi_turn(self, routes):
        for language in ("ko", "en"):
            mine = [case for case in routes if case.language == language]
            assert sum(bool(case.history) for case in mine) >= 50
            assert sum(not case.history for case in mine) >= 140

    def test_small_talk_and_what_is_declined(self, routes):
        chat = [case for case in routes if case.routes == ["chat"]]
        assert sum(case.declined for case in chat) >= 30
        assert sum(not case.declined and not case.ask_back for case in chat) >= 40
        assert sum(case.ask_back for case in chat) >= 12

    def test_combinations(self, routes):
        assert sum(len(case.routes) > 1 for case in routes) >= 60
        for language in ("ko", "en"):
            sets = {frozenset(case.routes) for case in routes if case.language == language}
            assert sets >= COMBINATIONS | {frozenset([route]) for route in SOURCES | {"chat"}}

    def test_each_split_holds_every_route_in_each_language(self, routes):
        seen = Counter((case.split, case.language, route) for case in routes for route in case.routes)
        for split in {case.split for case in routes}:
            for language in ("ko", "en"):
                for route in SOURCES | {"chat"}:
                    assert seen[split, language, route] >= 8

    def test_a_route_is_named_once_and_chat_stands_alone(self, routes):
        for case in routes:
            assert len(set(case.routes)) == len(case.routes), case.id
            assert "chat" not in case.routes or case.routes == ["chat"], case.id

    def test_asking_back_and_declining_look_nothing_up(self, routes):
        for case in routes:
            assert not (case.ask_back and case.declined), case.id
            if case.ask_back or case.declined:
                assert case.routes == ["chat"], case.id

    def test_asking_back_happens_only_where_there_is_nothing_to_point_at(self, routes):
        asked = [case for case in routes if case.ask_back]
        assert [case.id for case in asked if case.image] == []
        before = [
            case for case in asked if not all(is_talk(said.content) for said in case.history if said.role == "user")
        ]
        assert len(before) < 0.05 * len(asked)  # a greeting is nothing to point at, nor is yesterday's weather

    def test_the_image_route_has_a_picture_or_an_earlier_one(self, routes):
        for case in routes:
            if "image" in case.routes and not case.image:
                assert re.search(
                    r"사진|photo|picture|이 옷", " ".join(said.content for said in case.history) + case.text
                ), case.id

    def test_history_takes_turns_and_ends_with_the_assistant(self, routes):
        for case in routes:
            roles = [said.role for said in case.history]
            assert not roles or (roles[0], roles[-1]) == ("user", "assistant"), case.id
            assert all(a != b for a, b in pairwise(roles)), case.id

    def test_follow_ups_that_lean_on_the_conversation_say_what_the_standalone_question_needs(self, routes):
        assert sum(bool(case.standalone) for case in routes) >= 90
        for case in routes:
            assert case.history or not case.standalone, case.id

    def test_a_standalone_question_can_be_made_of_the_conversation(self, routes):
        """No group asks for a word that nobody has said."""
        for case in routes:
            said = " ".join([*(turn.content for turn in case.history), case.text]).casefold()
            found = [any(word.casefold() in said for word in group) for group in case.standalone]
            assert all(found), (case.id, case.standalone)


class TestWishes:
    def test_there_are_enough_in_each_language(self, wishes):
        counts = Counter(case.language for case in wishes)
        assert len(wishes) >= 320
        assert counts["ko"] == counts["en"]

    def test_every_field_is_asked_for_and_the_usual_ones_ruled_out(self, wishes):
        for language in ("ko", "en"):
            mine = [case for case in wishes if case.language == language]
            wanted = Counter(field for case in mine for field in case.want)
            excluded = Counter(field for case in mine for field in case.exclude)
            assert min(wanted.values()) >= 8
            assert len(wanted) == 11
            assert all(excluded[field] >= 4 for field in ("colours", "material", "pattern", "category"))
            assert sum(case.price_krw is not None for case in mine) >= 20
            assert sum(case.count is not None for case in mine) >= 8
            assert any(not case.want for case in mine)

    def test_nothing_is_wanted_and_ruled_out_at_once(self, wishes):
        for case in wishes:
            for field, values in case.exclude.items():
                assert not set(values) & set(case.want.get(field, [])), case.id

    def test_values_stand_once_and_prices_run_upwards(self, wishes):
        for case in wishes:
            assert all(len(set(v)) == len(v) for v in [*case.want.values(), *case.exclude.values()]), case.id
            if case.price_krw:
                low, high = case.price_krw.gte, case.price_krw.lte
                assert low is not None or high is not None, case.id
                assert low is None or high is None or low < high, case.id

    @pytest.mark.skipif(SHARED is None, reason="STYLEGRAPH_SHARED does not name the shared data folder")
    def test_values_are_the_sample_catalogues_and_nearly_all_of_them_occur(self, wishes):
        vocabulary = catalogue_vocabulary(Path(SHARED) / "data/catalogue/catalogue.jsonl")
        used = {field: set() for field in vocabulary}
        for case in wishes:
            for field, values in [*case.want.items(), *case.exclude.items()]:
                assert set(values) <= vocabulary[field], case.id
                used[field] |= set(values)
        unused = {(field, value) for field in vocabulary for value in vocabulary[field] - used[field]}
        assert unused == {("pattern", "lace"), ("sleeve", "none"), ("styles", "party")}


def catalogue_vocabulary(path: Path) -> dict[str, set[str]]:
    vocabulary: dict[str, set[str]] = {"warmth": {"low", "high"}}
    for line in path.read_text(encoding="utf-8").splitlines():
        for field, value in json.loads(line).items():
            if field in get_args(Attribute) and field != "warmth":
                vocabulary.setdefault(field, set()).update(value if isinstance(value, list) else [value])
    return vocabulary
