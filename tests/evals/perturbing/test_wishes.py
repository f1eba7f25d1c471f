"""A wish is changed together with its labels."""

import pytest

from stylegraph.evals.cases import WishCase, load_cases
from stylegraph.evals.perturbing import KINDS
from stylegraph.evals.perturbing.wishes import perturbed


def wish(text, **labels):
    given = {"id": "w-ko-9999", "want": {}, "exclude": {}, "language": "ko", "split": "tune"}
    return WishCase.model_validate({**given, "text": text, **labels}, strict=False)


@pytest.mark.parametrize(
    ("case", "kind", "text", "label"),
    [
        (wish("5만원 이하 운동화", price_krw={"lte": 50_000}), "number", "10만원 이하 운동화", {"price_krw": {"lte": 100_000}}),
        (wish("5만원 정도 티", price_krw={"gte": 40_000, "lte": 60_000}), "number", "10만원 정도 티", {"price_krw": {"gte": 80_000, "lte": 120_000}}),
        (wish("jeans, max $80", price_krw={"lte": 112_000}), "number", "jeans, max $160", {"price_krw": {"lte": 224_000}}),
        (wish("셔츠 세 벌만", count=3), "number", "셔츠 네 벌만", {"count": 4}),
        (wish("검은 원피스 보여줘"), "order", "보여줘, 검은 원피스", {}),
        (wish("linen shirts for hot weather"), "order", "For hot weather, linen shirts", {}),
        (wish("네이비 블레이저 있나요?", want={"colours": ["navy"]}), "missing", "블레이저 있나요?", {"want": {}}),
        (wish("5만원 이하 운동화", price_krw={"lte": 50_000}), "missing", "운동화", {}),
    ],
)  # fmt: skip
def test_the_words_and_the_labels_change_together(case, kind, text, label):
    changed = perturbed(case, kind)
    assert changed.text == text
    assert {name: changed.model_dump(exclude_none=True)[name] for name in label} == label


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        (
            wish("3만원대 치마", price_krw={"gte": 30_000, "lte": 39_999}),
            "number",
        ),  # what a range of twice that is, nobody says
        (wish("20대 여자 원피스"), "number"),
        (wish("빨간색 말고 니트 보여줘", exclude={"colours": ["red"]}), "order"),
        (wish("빨간색 말고 니트", exclude={"colours": ["red"]}), "missing"),
        (wish("7만원 이상 10만원 이하 자켓", price_krw={"gte": 70_000, "lte": 100_000}), "missing"),
    ],
)
def test_what_can_not_be_changed_surely_is_left_out(case, kind):
    assert perturbed(case, kind) is None


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_cases_of_each_kind_in_both_languages(kind):
    found = [case for one in load_cases("wishes") if (case := perturbed(one, kind))]
    assert {case.language for case in found} == {"ko", "en"}
    assert len(found) >= 30
