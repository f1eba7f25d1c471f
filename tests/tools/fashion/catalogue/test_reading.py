"""A shop's file as items: any usual encoding, delimiter and header; what can't be used is told by line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.errors import CatalogueError, InputError
from stylegraph.tools.fashion.catalogue.columns import Columns
from stylegraph.tools.fashion.catalogue.reading import Reading, read_items
from stylegraph.tools.fashion.items.items import Problems

KOREAN = """상품코드,상품명,카테고리,판매가(원),정가,색상,소재,시즌,성별,사이즈,상품 상세설명,재고
A1,오버핏 코튼 셔츠,상의,"39,000원","49,000",화이트/스카이블루,면 100%,사계절,남녀공용,"S,M",<p>출근룩 <b>데일리</b>&nbsp;셔츠</p>,12
A2,경량 숏패딩,아우터,12만9천원,,블랙,겉감: 나일론 100% / 충전재: 거위털,25FW,남성,L,따뜻해요,0
"""


def items_of(path):
    problems = Problems()
    return list(read_items(path, problems)), problems


@pytest.fixture
def written(tmp_path):
    def write(content, name="shop.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_korean_shops_file_is_understood_however_it_was_saved(written, encoding, delimiter):
    again = io.StringIO()
    csv.writer(again, delimiter=delimiter).writerows(csv.reader(KOREAN.splitlines()))
    (shirt, jacket), _ = items_of(written(again.getvalue(), encoding=encoding))
    assert (shirt["id"], shirt["name_ko"], shirt["price_krw"], shirt["colours"]) == (
        "A1", "오버핏 코튼 셔츠", 39_000, ["화이트", "스카이블루"],
    )  # fmt: skip
    assert (shirt["material"], shirt["audience"], shirt["size"]) == ("면", "남녀공용", ["S", "M"])
    assert (shirt.get("availability"), jacket.get("availability")) == (None, "out of stock")
    assert shirt["description_ko"] == "출근룩 데일리 셔츠"
    assert set(shirt["seasons"]) == {"spring", "summer", "autumn", "winter"}
    assert (jacket["price_krw"], jacket["seasons"], jacket["category"]) == (129_000, ["autumn", "winter"], "jacket")


def test_what_the_name_says_takes_the_place_of_a_shelf_and_of_a_fibre_and_is_marked(written):
    (shirt, jacket), _ = items_of(written(KOREAN))
    assert (shirt["category"], shirt["shelf"], shirt["inferred"]["category"]["by"]) == ("shirt", "상의", "name")
    assert (jacket["material"], jacket["inferred"]["material"]["by"]) == ("padded", "name")
    assert 0.5 <= jacket["inferred"]["material"]["confidence"] < 1


def test_an_english_feed_with_other_headers_is_understood(written):
    feed = (
        "Handle;Title;Body (HTML);Vendor;Type;Variant Price;Image Src;Gender;Fabric;Color;Link\n"
        "camp;Linen Camp Shirt;Short sleeves for hot days at the beach.;Northwind;Apparel > Tops > Shirts;$49.00;"
        "https://x.example/a.jpg;Mens;80% Linen / 20% Nylon;Sand;https://x.example/camp\n"
    )
    (shirt,), problems = items_of(written(feed))
    assert (shirt["id"], shirt["category"], shirt["material"], shirt["brand"]) == (
        "camp",
        "Shirts",
        "Linen",
        "Northwind",
    )
    assert (shirt["price_krw"], shirt["price_shown"]) == (68_600, "$49.00")
    assert (shirt["sleeve"], shirt["occasions"], shirt["url"]) == ("short", ["beach"], "https://x.example/camp")
    assert not problems.listed


@pytest.mark.parametrize(
    ("cell", "won"),
    [("39000", 39_000), ("39,000원", 39_000), ("₩39,000", 39_000), ("3만9천원", 39_000), ("3만 원", 30_000), ("5천원", 5_000),
     ("29,900 ~ 35,900", 29_900), ("39,000.00", 39_000), ("1.299,50", 1299.5), (" 12 000 ", 12_000), (45_000, 45_000)],
)  # fmt: skip
def test_prices_are_read_as_people_write_them(written, cell, won):
    (item,), _ = items_of(written(json.dumps({"name": "셔츠", "가격": cell}, ensure_ascii=False), "shop.jsonl"))
    assert item["price_krw"] == won


def test_of_two_prices_the_one_that_is_paid_counts_and_the_other_steps_in_where_it_is_empty(written):
    problems, columns = Problems(), Columns()
    path = written("name,정가,판매가\n셔츠,50000,39000\n바지,45000,\n")
    items = [item for _, item in Reading(path, problems, columns)]
    assert [item["price_krw"] for item in items] == [39_000, 45_000]
    assert next(one for one in columns.told if one["column"] == "정가")["after"] == "판매가"


def test_columns_are_as_the_user_says(written):
    path = written("name,옵션1,메모\n셔츠,네이비,비밀\n")
    reading = Reading(path, Problems(), Columns({"옵션1": "colours", "메모": ""}))
    ((_, item),) = reading
    assert item["colours"] == ["네이비"]
    assert "비밀" not in item.values()
    assert [(one["column"], one["how"]) for one in reading.columns.told] == [
        ("name", "name"), ("옵션1", "given"), ("메모", "given"),
    ]  # fmt: skip


def test_a_column_that_is_not_there_is_refused_with_those_that_are(written):
    with pytest.raises(InputError, match="옵션2") as refused:
        list(Reading(written("name,옵션1\n셔츠,네이비\n"), Problems(), Columns({"옵션2": "colours"})))
    assert "옵션1" in refused.value.remedy


def test_a_file_without_ids_gives_the_same_ids_again(written):
    first = [item["id"] for item in items_of(written("name,price\n셔츠,1000\n바지,2000\n"))[0]]
    again = [item["id"] for item in items_of(written("name,price\n바지,2500\n셔츠,1000\n"))[0]]
    assert first == again[::-1]


def test_what_cant_be_used_is_told_by_line_and_the_rest_goes_on(written):
    rows = "id,name,price,color,category\n1,셔츠,무료,옥색,셔츠\n2,,100,,\n1,바지,100,,바지\n3,모자,100,옥색,모자,더\n4,물건,1,,신비\n"
    items, problems = items_of(written(rows))
    assert [item["id"] for item in items] == ["1", "3", "4"]
    told = [(one["line"], one["field"], one["kind"], one["times"]) for one in problems.listed]
    assert told == [
        (2, "price_krw", "left_out", 1), (2, "colours", "own_value", 2), (3, "name", "skipped", 1),
        (4, "id", "skipped", 1), (5, "", "left_out", 1), (6, "category", "own_value", 1),
    ]  # fmt: skip


def test_a_quote_that_never_ends_loses_its_part_and_says_so(written):
    path = written('id,name\n1,셔츠\n2,"바지' + "x" * 2_000_000 + "\n3,모자\n")
    reading = Reading(path, problems := Problems())
    assert [item["id"] for _, item in reading][:1] == ["1"]
    assert not reading.rows.complete
    assert problems.counts["skipped"] >= 1


def test_parquet_is_read_like_the_others(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "shop.parquet"
    parquet.write_table(
        arrow.table({"상품명": ["네이비 셔츠", "로퍼"], "가격": [39_000, None], "tags": [["a", "b"], []]}), path
    )
    (shirt, loafers), _ = items_of(path)
    assert (shirt["colours"], shirt["price_krw"], shirt["tags"]) == (["navy"], 39_000, ["a", "b"])
    assert "price_krw" not in loafers
    path.write_bytes(b"PAR1 nothing")
    with pytest.raises(CatalogueError):
        items_of(path)


def test_a_photo_outside_the_folder_is_left_out(written):
    (item,), problems = items_of(written("name,image\n셔츠,../../etc/passwd\n"))
    assert "image" not in item
    assert problems.listed[0]["field"] == "image"


@settings(max_examples=150)
@given(st.binary(max_size=400), st.sampled_from(["csv", "jsonl", "parquet"]))
def test_no_file_brings_it_down(tmp_path_factory, content, kind):
    path = tmp_path_factory.mktemp("wild") / f"shop.{kind}"
    path.write_bytes(content)
    try:
        for item in items_of(path)[0]:
            json.dumps(item, allow_nan=False)
    except CatalogueError as error:
        assert error.remedy


CELLS = st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text(max_size=9), max_size=3),
                  st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2))  # fmt: skip
NAMES = st.sampled_from(
    ["id", "name", "price", "색상", "소재", "시즌", "category", "사이즈", "warmth", "image", "재고", "description"]
)


@settings(max_examples=200)
@given(st.lists(st.dictionaries(NAMES, CELLS), max_size=4))
def test_any_cells_make_items_that_are_plain_data(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("wild") / "shop.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    for item in items_of(path)[0]:
        assert item["id"]
        assert item["name_ko"]
        assert json.loads(json.dumps(item, allow_nan=False)) == item
        assert item.get("price_krw", 0) >= 0


@pytest.mark.parametrize(
    ("column", "cell", "gone"),
    [
        ("availability", "out_of_stock", True),
        ("availability", "https://schema.org/SoldOut", True),
        ("availability", "in stock", False),
        ("재고", "0", True),
        ("재고", "1,200", False),
        ("재고", 0, True),
        ("재고상태", "일시품절", True),
        ("In stock?", "No", True),
        ("In stock?", False, True),
        ("In stock?", "yes", False),
        ("사이즈", "S (0), M (0)", True),
        ("사이즈", "S (0), M (2)", False),
    ],
)
def test_a_row_says_in_many_ways_that_nothing_is_left(written, column, cell, gone):
    (item,), _ = items_of(written(json.dumps({"id": 1, "name": "셔츠", column: cell}), "shop.jsonl"))
    assert item.get("availability") == ("out of stock" if gone else None)
