"""A guide to other garments is not taken for one to the garment in the picture."""

from __future__ import annotations

import pytest
from picture_parts import look

from stylegraph.tools.fashion.vision.evidence_filter import is_about_another


@pytest.mark.parametrize(
    ("category", "material", "heading"),
    [
        ("dress", None, "Washing and wearing jeans"),
        ("dress", None, "Washing and ironing silk"),
        ("dress", None, "A shirt in five steps"),
        ("boots", "leather", "운동화 세탁과 관리"),
        ("tshirt", "cotton", "흰 셔츠의 누런 때 없애기"),
        ("tshirt", "cotton", "Looking after linen"),
        ("jacket", "padded", "Rain jackets and waterproof ratings"),
        ("jacket", "denim", "패딩과 다운 점퍼 세탁하기"),
        ("coat", "wool", "Caring for leather and suede"),
    ],
)
def test_what_names_only_other_garments_or_fabrics_is_about_another(category, material, heading):
    assert is_about_another(look(category=category, material=material), heading)


@pytest.mark.parametrize(
    ("category", "material", "heading"),
    [
        ("jeans", None, "Washing and wearing jeans"),
        ("jacket", "denim", "Washing and wearing jeans"),
        ("jacket", "padded", "패딩과 다운 점퍼 세탁하기"),
        ("jacket", "synthetic", "Rain jackets and waterproof ratings"),
        ("boots", "leather", "Caring for leather and suede"),
        ("hat", "knit", "Wool and cashmere: grades, pilling and care"),
        ("blouse", "satin", "Washing and ironing silk"),
        ("sneakers", "canvas", "Shoes and bags"),
        ("dress", None, "Skirts and dresses"),
        ("dress", None, "세탁 라벨 기호 읽는 법"),
        ("dress", None, "First aid for stains"),
        ("dress", None, ""),
    ],
)
def test_what_names_it_or_nothing_may_be_about_it(category, material, heading):
    assert not is_about_another(look(category=category, material=material), heading)
