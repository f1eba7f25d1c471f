"""What a file's columns are by what stands in them, where their names say too little."""

from __future__ import annotations

from collections import Counter
from time import process_time

import pytest

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.catalogue.cells import LONGEST_CELL
from stylegraph.tools.fashion.catalogue.columns import Columns
from stylegraph.tools.fashion.catalogue.reading import Reading
from stylegraph.tools.fashion.catalogue.sample import settled
from stylegraph.tools.fashion.items.items import Problems

BAZAAR = """style_id;title;dept;article;shade;mrp;offer_price;sizes_available;about
B1;Silk Saree;Women;Sarees;Teal;Rs. 3,998;Rs. 1,999;;For weddings.
B2;Straight Kurta;Men;Kurtas;White;Rs. 1,198;Rs. 599;S (0), M (4), L (11);Team it with a watch.
B3;Denim Jacket;Boys;Jackets;Cream;Rs. 2,398;Rs. 1,199;4-5Y (2), 6-7Y (0);For cool days.
B4;Cotton Saree;Women;Sarees;Maroon;Rs. 1,598;Rs. 799;;For every day.
B5;Two Fold Wallet;Men;Wallets;Black;Rs. 998;Rs. 499;;Holds six cards.
"""


def items_of(path, columns=None):
    columns = columns or Columns()
    return [item for _, item in Reading(path, Problems(), columns)], columns


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "shop.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_shelf_is_no_id_a_department_is_for_whom_and_the_price_is_what_is_asked(written):
    items, columns = items_of(written(BAZAAR))
    assert [item["id"] for item in items] == ["B1", "B2", "B3", "B4", "B5"]
    assert [item["category"] for item in items] == ["Sarees", "Kurtas", "Jackets", "Sarees", "Wallets"]
    assert [item["audience"] for item in items] == ["Women", "Men", "boys", "Women", "Men"]
    assert [item["price_shown"] for item in items][:2] == ["Rs. 1,999", "Rs. 599"]
    assert {item["currency"] for item in items} == {"INR"}
    told = {column["column"]: (column["field"], column["how"]) for column in columns.told}
    assert told["dept"] == ("audience", "cells")


def test_sizes_that_are_gone_are_not_there(written):
    kurta, jacket = items_of(written(BAZAAR))[0][1:3]
    assert (kurta["size"], jacket["size"]) == (["M", "L"], ["4-5Y"])
    asos = "id,name,size\n" + "".join(f'{n},Blazer,"UK 4,UK 6 - Out of stock,UK 8"\n' for n in range(6))
    assert items_of(written(asos))[0][0]["size"] == ["UK 4", "UK 8"]


@pytest.mark.parametrize("sign", ["a", " ", "(", "1"])
def test_a_long_cell_of_sizes_is_clipped_first_and_read_in_no_time(sign):
    row = {"name": "Blazer", "size": f"L (0), {sign * 40_000}x"}
    before = process_time()
    ((_, kept),) = settled([(1, row)], Columns())
    assert process_time() - before < 1
    assert len(kept["size"]) <= LONGEST_CELL


def test_what_a_column_is_is_asked_once_not_for_every_row(monkeypatch):
    asked = Counter()
    field_of = Columns.field_of
    monkeypatch.setattr(Columns, "field_of", lambda self, column: asked.update([column]) or field_of(self, column))
    rows = [(line, {"name": "Blazer", "size": "S, M sold out"}) for line in range(2_000)]
    late = (2_001, {"name": "Blazer", "sizes": "S, M sold out"})
    *_, (_, early), (_, last) = settled([*rows, late], Columns())
    assert (early["size"], last["sizes"]) == ("S,", "S,")
    assert max(asked.values()) < 10


def test_figures_in_brackets_are_no_stock_where_none_is_nought(written):
    chests = "상품코드,상품명,사이즈\n" + "".join(f'{n},셔츠,"S(90), M(95)"\n' for n in range(6))
    assert items_of(written(chests))[0][0]["size"] == ["S(90)", "M(95)"]


def test_shades_keep_the_shops_own_word(written):
    items, _ = items_of(written(BAZAAR))
    assert [item["colours"] for item in items][:3] == [["Teal"], ["White"], ["Cream"]]


def test_a_price_without_a_known_header_is_known_by_its_currency(written):
    rows = "".join(f"{n},Mug,£{n + 9}.00,£{n + 4}.50\n" for n in range(6))
    item = items_of(written("id,name,was,now\n" + rows))[0][0]
    assert item["price_shown"] == "£4.50"
    assert item["was"] == "£9.00"


def test_what_the_user_says_of_a_column_stands(written):
    path = written(BAZAAR)
    items, columns = items_of(path, Columns({"dept": "shelf"}))
    assert items[0]["shelf"] == "Women"
    assert {"how": "given", "column": "dept", "field": "shelf"} in columns.told
    with pytest.raises(InputError):
        items_of(path, Columns({"nowhere": "name"}))
