"""The sample knowledge is what it says it is, and the cases asked about it are true of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import read_cases
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Record
from stylegraph.tools.knowledge.samples import samples

GUIDE, BLOG = samples()
DOCUMENTS = sorted(GUIDE.path.glob("*.md"))
CASES = read_cases("documents")
ANSWERABLE = [case for case in CASES if case["answerable"]]

WINNERS = [
    ("대상", "가로등", "밤길등대"),
    ("최우수상", "새참", "한술기록"),
    ("우수상", "두손", "손말사전"),
    ("우수상", "썰물", "물때지기"),
    ("장려상", "한벌", "옷장다이어트"),
    ("장려상", "저상이", "버스한칸"),
    ("장려상", "꿀벌반", "벌집일지"),
]
TRAPS = [
    "별빛약국",
    "마을버스톡",
    "반찬지도",
    "빗물정원",
    "종이의 온도",
    "잠깐낮잠",
    "우산나눔",
    "3,000만 원",
    "800만 원",
]


def read(path: Path, css_class: tuple[str, ...] = ()) -> Record:
    (record,) = FileReading(path, 1_000_000, css_class)
    assert isinstance(record, Record)
    return record


@pytest.fixture(scope="module")
def article() -> str:
    return read(BLOG.path, BLOG.css_class).text


@pytest.fixture(scope="module")
def plain_texts(article: str) -> dict[str, str]:
    texts = {path.name: squeeze(read(path).text) for path in DOCUMENTS}
    return {**texts, BLOG.path.name: squeeze(article)}


def squeeze(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def stands_in(alternatives: list[str], text: str) -> bool:
    return any(_as_pattern(squeeze(fact)).search(text) for fact in alternatives)


def _as_pattern(fact: str) -> re.Pattern[str]:
    before = r"(?<!\d)(?<!\d[.,])" if fact[0].isdigit() else ""
    after = r"(?!\d)" if fact[-1].isdigit() else ""
    return re.compile(before + re.escape(fact) + after)


def hangul_share(text: str) -> float:
    letters = [character for character in text if character.isalpha()]
    return sum("가" <= character <= "힣" for character in letters) / len(letters)


class TestTheGuide:
    def test_has_thirty_documents_or_more_in_two_halves(self) -> None:
        languages = Counter(path.suffixes[0] for path in DOCUMENTS)
        assert len(DOCUMENTS) >= 30
        assert abs(languages[".ko"] - languages[".en"]) <= 2

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
    def test_each_document_has_a_title_headings_and_its_length(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# ")
        assert sum(line.startswith("# ") for line in lines) == 1
        assert sum(line.startswith("## ") for line in lines) >= 4
        assert 250 <= len(" ".join(lines).split()) <= 700

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
    def test_each_document_is_in_the_language_of_its_name(self, path: Path) -> None:
        text = read(path).text
        assert detect_language(text) == path.suffixes[0][1:]
        assert hangul_share(text) > 0.9 if path.suffixes[0] == ".ko" else hangul_share(text) == 0

    def test_titles_name_one_document_each(self) -> None:
        titles = Counter(read(path).title for path in DOCUMENTS)
        assert titles.most_common(1)[0][1] == 1

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
    def test_no_paragraph_is_said_twice(self, path: Path) -> None:
        paragraphs = Counter(block for block in read(path).text.split("\n\n") if not block.startswith("#"))
        assert paragraphs.most_common(1)[0][1] == 1


class TestTheBlogPage:
    def test_the_article_names_every_winner_with_award_team_and_project_in_one_sentence(self, article: str) -> None:
        sentences = re.split(r"(?<=다\.)\s|\n", article)
        for winner in WINNERS:
            assert any(all(word in sentence for word in winner) for sentence in sentences), winner

    def test_no_winner_is_named_outside_of_the_article(self, article: str) -> None:
        outside = without_article(BLOG.path.read_text(encoding="utf-8"))
        assert not [word for _, team, project in WINNERS for word in (f"‘{team}’", project) if word in outside]

    def test_other_contests_are_on_the_page_but_not_in_the_article(self, article: str) -> None:
        page = BLOG.path.read_text(encoding="utf-8")
        assert [trap for trap in TRAPS if trap not in page] == []
        assert [trap for trap in TRAPS if trap in article] == []

    def test_the_class_makes_the_difference(self) -> None:
        whole = read(BLOG.path).text
        assert [trap for trap in TRAPS if trap in whole]

    def test_the_prizes_add_up(self, article: str) -> None:
        amounts = re.search(
            r"대상 ([\d,]+)만 원, 최우수상 ([\d,]+)만 원, 우수상은 팀마다 ([\d,]+)만 원, 장려상은 팀마다 ([\d,]+)만 원",
            article,
        )
        total = re.search(r"상금은 모두 ([\d,]+)만 원", article)
        assert amounts and total
        winners = Counter(award for award, _, _ in WINNERS)
        each = dict(zip(("대상", "최우수상", "우수상", "장려상"), map(in_numbers, amounts.groups()), strict=True))
        assert sum(each[award] * count for award, count in winners.items()) == in_numbers(total[1])


def in_numbers(amount: str) -> int:
    return int(amount.replace(",", ""))


def without_article(page: str) -> str:
    start = page.index('<div class="entry-content')
    return page[:start] + page[page.index('<footer class="entry-footer">') :]


class TestTheCases:
    def test_there_are_enough_of_each_kind(self) -> None:
        languages = Counter(case["language"] for case in CASES)
        across = [case for case in ANSWERABLE if case["language"] not in languages_of(case)]
        assert len(CASES) >= 120
        assert min(languages.values()) >= 0.4 * len(CASES)
        assert len(CASES) - len(ANSWERABLE) >= 25
        assert len(across) >= 0.07 * len(CASES)

    def test_ids_and_questions_are_single_and_name_their_language(self) -> None:
        assert len({case["id"] for case in CASES}) == len({squeeze(case["question"]) for case in CASES}) == len(CASES)
        for case in CASES:
            assert re.fullmatch(rf"d[234]?-{case['language']}-\d{{4}}", case["id"])
            assert detect_language(case["question"]) == case["language"], case["id"]

    def test_the_split_follows_the_rule(self) -> None:
        for case in CASES:
            assert case["split"] == ("test" if case["id"].startswith("d4-") else "tune"), case["id"]

    def test_each_split_holds_every_kind(self) -> None:
        for split in {case["split"] for case in CASES}:
            kinds = Counter((case["language"], case["answerable"]) for case in CASES if case["split"] == split)
            assert len(kinds) == 4
            assert min(kinds.values()) >= 3

    def test_what_has_no_answer_names_no_document(self) -> None:
        for case in CASES:
            assert case["answerable"] == (case["document"] is not None) == bool(case["facts"]), case["id"]

    def test_every_fact_stands_in_the_documents_that_the_case_names(self, plain_texts: dict[str, str]) -> None:
        lost = [
            (case["id"], fact)
            for case in ANSWERABLE
            for fact in case["facts"]
            if not any(stands_in(fact, plain_texts[name]) for name in named(case))
        ]
        assert lost == []

    def test_every_document_that_a_case_names_holds_a_fact_of_it(self, plain_texts: dict[str, str]) -> None:
        idle = [
            (case["id"], name)
            for case in ANSWERABLE
            for name in named(case)
            if not any(stands_in(fact, plain_texts[name]) for fact in case["facts"])
        ]
        assert idle == []

    def test_every_document_is_asked_about(self, plain_texts: dict[str, str]) -> None:
        assert set(plain_texts) == {name for case in ANSWERABLE for name in named(case)}

    def test_a_number_is_not_found_inside_another(self) -> None:
        assert stands_in(["10 °C"], squeeze("약 10℃입니다"))
        assert not stands_in(["10 °C"], squeeze("110 °C"))
        assert not stands_in(["4%"], squeeze("0.4%"))


def named(case: dict[str, Any]) -> list[str]:
    return [case["document"], *case.get("also", [])]


def languages_of(case: dict[str, Any]) -> set[str]:
    return {"en" if name.endswith(".en.md") else "ko" for name in named(case)}
