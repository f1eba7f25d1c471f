"""A Korean clothes mall: a CSV as its admin page exports it, Korean headers, prices as 39,000, sizes in one cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from stylegraph.evals.strangers.product import Product, write_export

NAME = "mall"
SEED = 21
_HEADER = ("상품코드", "상품명", "카테고리", "판매가", "색상", "사이즈", "성별", "상품 상세설명", "브랜드")
_PROMOTIONS = ("", "", "", "[무료배송] ", "[당일출고] ", "[1+1] ", "(신상) ")
_MOODS = ("데일리", "오버핏", "심플", "베이직", "러블리", "하객룩", "루즈핏", "썸머", "프렌치")
_COLOURS = {
    "black": "블랙", "white": "화이트", "ivory": "아이보리", "beige": "베이지", "navy": "네이비", "pink": "핑크",
    "red": "레드", "green": "그린", "blue": "블루", "grey": "그레이",
}  # fmt: skip
_LETTERS, _WAISTS, _FEET, _AGES = (
    ("S", "M", "L", "XL"), ("26", "28", "30", "32", "34"), ("230", "240", "250", "260", "270"), ("90", "100", "110", "120", "130"),
)  # fmt: skip
_KINDS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...], tuple[int, int], tuple[str, ...]]] = {
    # kind: names, category, audiences, materials, prices in thousands, sizes
    "dress": (("롱 원피스", "셔링 원피스", "미니 원피스"), "여성의류>원피스", ("women",), ("코튼", "린넨", "시폰"), (29, 89), _LETTERS),
    "blouse": (("블라우스", "카라 블라우스"), "여성의류>블라우스", ("women",), ("시폰", "실크", "코튼"), (19, 59), _LETTERS),
    "shirt": (("셔츠", "남방"), "남성의류>셔츠", ("men", "women"), ("코튼", "린넨", "데님"), (19, 49), _LETTERS),
    "sweater": (("라운드 니트", "터틀넥 니트"), "의류>니트", ("women", "men"), ("울", "캐시미어", "아크릴"), (25, 99), _LETTERS),
    "jeans": (("와이드 청바지", "일자 데님 팬츠"), "의류>팬츠", ("women", "men"), ("데님",), (29, 69), _WAISTS),
    "skirt": (("플리츠 스커트", "롱 치마"), "여성의류>스커트", ("women",), ("코튼", "코듀로이"), (19, 49), _LETTERS),
    "coat": (("롱 코트", "더플 코트"), "의류>아우터", ("women", "men"), ("울", "캐시미어"), (89, 259), _LETTERS),
    "hanbok": (("생활한복 저고리", "철릭 한복", "개량한복 세트"), "한복>생활한복", ("women", "men"), ("모시", "코튼"), (59, 180), _LETTERS),
    "kids-dress": (("여아 원피스", "여아 공주 원피스"), "아동의류>여아", ("girls",), ("코튼", "시폰"), (15, 45), _AGES),
    "kids-tracksuit": (("남아 트레이닝 세트", "남아 츄리닝"), "아동의류>남아", ("boys",), ("코튼", "기모"), (19, 49), _AGES),
    "kids-thermal": (("키즈 내복", "주니어 내복"), "아동의류>내복", ("kids",), ("코튼", "텐셀"), (12, 29), _AGES),
    "bodysuit": (("아기 바디수트", "신생아 바디수트"), "유아의류>바디수트", ("baby",), ("코튼", "거즈"), (9, 25), ("70", "80", "90")),
    "pyjamas": (("파자마 세트", "홈웨어 잠옷"), "언더웨어>잠옷", ("women", "men"), ("코튼", "거즈"), (19, 49), _LETTERS),
    "swimsuit": (("래쉬가드", "원피스 수영복"), "스포츠>수영복", ("women",), ("나일론",), (29, 79), _LETTERS),
    "apron": (("앞치마", "리넨 앞치마"), "리빙>앞치마", ("unisex",), ("린넨", "코튼"), (9, 35), ()),
    "hairtie": (("곱창 머리끈", "헤어 스크런치"), "액세서리>헤어", ("women",), ("실크", "벨벳"), (3, 12), ()),
    "earrings": (("담수진주 귀걸이", "볼드 링 귀걸이"), "액세서리>주얼리", ("women",), ("실버925", "담수진주"), (9, 49), ()),
    "parasol": (("암막 양산", "우양산"), "액세서리>양산", ("unisex",), ("폴리",), (15, 39), ()),
    "loafers": (("페니 로퍼", "태슬 로퍼"), "신발>로퍼", ("women", "men"), ("소가죽", "스웨이드"), (49, 129), _FEET),
    "scarf": (("머플러", "체크 목도리"), "액세서리>머플러", ("unisex",), ("울", "캐시미어"), (15, 69), ()),
}  # fmt: skip
_GENDER = {
    "women": "여성",
    "men": "남성",
    "girls": "여아",
    "boys": "남아",
    "kids": "아동",
    "baby": "유아",
    "unisex": "남녀공용",
}
_FEATURES = {
    "주머니": "양옆에 주머니가 있어 소지품을 넣기 좋아요.", "물세탁": "집에서 물세탁할 수 있습니다.", "허리 밴딩": "허리 밴딩으로 편안해요.",
    "안감": "안감이 있어 비치지 않아요.", "": "모니터에 따라 색이 다르게 보일 수 있습니다.",
}  # fmt: skip


def write(folder: Path) -> tuple[Path, list[Product]]:
    """Write the export; return it with what is true of each product."""
    file = folder / f"{NAME}.csv"
    return file, write_export(
        file, _HEADER, (([row], product) for row, product in _rows(Random(SEED))), encoding="utf-8-sig"
    )


def _rows(dice: Random) -> Iterator[tuple[list[str], Product]]:
    number = 1000
    for kind, (names, category, audiences, materials, prices, sizes) in _KINDS.items():
        for _ in range(15):
            number += 1
            colour, audience, material = dice.choice([*_COLOURS]), dice.choice(audiences), dice.choice(materials)
            price = dice.randrange(prices[0], prices[1] + 1) * 1000 - 100 * dice.choice((0, 1))
            stock = tuple(sorted(dice.sample(sizes, dice.randint(2, len(sizes))), key=sizes.index)) if sizes else ()
            feature = dice.choice([*_FEATURES])
            name = f"{dice.choice(_PROMOTIONS)}{dice.choice(_MOODS)} {material} {dice.choice(names)}"
            told = f"{material} 소재로 만든 {names[0].split()[-1]}입니다. {_FEATURES[feature]} {_COLOURS[colour]} 컬러예요."
            product = Product(f"P{number}", kind, colour, price, audience, stock, frozenset({material, feature}) - {""})
            yield [product.id, name, category, f"{price:,}", _COLOURS[colour], "/".join(stock), _GENDER[audience], told,
                   dice.choice(("모던하루", "달빛공방", "에이블룸"))], product  # fmt: skip
