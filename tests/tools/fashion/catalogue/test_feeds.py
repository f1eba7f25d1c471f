"""The exports of shop systems: a product a row, whatever system wrote it."""
# ruff: noqa: E501 - exports have long lines

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from stylegraph.tools.fashion.catalogue.reading import Reading, read_items
from stylegraph.tools.fashion.items.items import Item, Problems

SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Status
rain-jacket,Tarn Rain Jacket,<p>Taped <b>seams</b>.</p>,Fell,Jackets,"waterproof, sale",TRUE,Color,Red,Size,S,RJ-R-S,shopify,0,deny,129.00,https://shop.example/red.jpg,active
rain-jacket,,,,,,,,Red,,M,RJ-R-M,shopify,4,deny,119.00,,
rain-jacket,,,,,,,,Blue,,M,RJ-B-M,shopify,2,deny,129.00,,
rain-jacket,,,,,,,,,,,,,,,,https://shop.example/back.jpg,
gift-card,Gift card,,Fell,Cards,,TRUE,Title,Default Title,,,GC,,,deny,25.00,,active
old-tent,Old Tent,,Fell,Tents,,FALSE,Title,Default Title,,,OT,shopify,1,deny,99.00,,draft
"""
WOO = """ID,Type,SKU,Name,Published,Description,In stock?,Stock,Sale price,Regular price,Categories,Tags,Images,Parent,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)
10,variable,tee,Logo Tee,1,<p>Soft cotton.</p>,1,,,,"Clothing, Clothing > T-Shirts",logo,"https://shop.example/a.jpg, https://shop.example/b.jpg",,Color,"Green, Grey",Size,"S, M"
11,variation,tee-gs,Logo Tee - Green,1,,1,3,15.00,20.00,,,,tee,Color,Green,Size,S
12,variation,tee-xm,Logo Tee - Grey,1,,0,0,,20.00,,,,id:10,Color,Grey,Size,M
20,simple,mug,Enamel Mug,1,Holds 300 ml.,1,5,,12.50,Kitchen,,,,,,,
"""
MERCHANT = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Harbour Home</title>
<item><g:id>S-1-G</g:id><g:item_group_id>S-1</g:item_group_id><g:title>Velvet Sofa</g:title><g:description>Deep seats.</g:description>
<g:link>https://shop.example/s1</g:link><g:availability>in_stock</g:availability><g:price>799.00 GBP</g:price><g:color>Green</g:color>
<g:product_type>Home &gt; Sofas</g:product_type></item>
<item><g:id>S-1-N</g:id><g:item_group_id>S-1</g:item_group_id><g:title>Velvet Sofa</g:title><g:availability>out_of_stock</g:availability>
<g:price>749.00 GBP</g:price><g:color>Navy</g:color></item>
<item><g:id>L-1</g:id><g:title>Floor Lamp</g:title><g:availability>in_stock</g:availability><g:price>99.00 GBP</g:price></item>
</channel></rss>
"""
LINKED = {
    "@context": "https://schema.org", "@graph": [
        {"@type": "ProductGroup", "productGroupID": "KT-1", "name": "Cotton kurta", "description": "Straight cut.",
         "brand": {"@type": "Brand", "name": "Rangoli"}, "audience": {"@type": "PeopleAudience", "suggestedGender": "female"},
         "image": ["https://shop.example/kurta.jpg"], "hasVariant": [
             {"@type": "Product", "color": "Blue", "size": "M", "offers": {
                 "@type": "Offer", "price": "650", "priceCurrency": "INR", "availability": "https://schema.org/InStock"}},
             {"@type": "Product", "color": "Blue", "size": "L", "offers": {
                 "@type": "Offer", "price": "650", "priceCurrency": "INR", "availability": "https://schema.org/OutOfStock"}}]},
        {"@type": "Product", "sku": "W-9", "name": "Leather wallet",
         "offers": {"@type": "AggregateOffer", "lowPrice": 450, "priceCurrency": "INR"}},
        {"@type": "WebSite", "name": "Rangoli"}],
}  # fmt: skip


def items_of(folder: Path, name: str, text: str, currency: str | None = None) -> list[Item]:
    file = folder / name
    file.write_text(text, "utf-8")
    return list(read_items(file, Problems(), currency))


def test_shopifys_variants_fold_into_products_with_what_is_in_stock(tmp_path: Path) -> None:
    jacket, card = items_of(tmp_path, "products.csv", SHOPIFY, "USD")
    assert jacket["id"] == "rain-jacket"
    assert jacket["name_en"] == "Tarn Rain Jacket"
    assert jacket["description_en"] == "Taped seams ."
    assert jacket["colours"] == ["Red", "Blue"]
    assert jacket["size"] == ["M"]  # S is sold out
    assert (jacket["price_shown"], jacket["currency"]) == ("$119", "USD")
    assert (card["id"], card["price_shown"]) == (
        "gift-card",
        "$25",
    )  # what is not counted is there; drafts are not sold
    assert "size" not in card


def test_shopifys_json_is_read_as_its_csv(tmp_path: Path) -> None:
    product = {"handle": "beanie", "title": "Merino Beanie", "vendor": "Fell", "product_type": "Hats", "tags": ["wool"],
               "options": [{"name": "Colour"}], "images": [{"src": "https://shop.example/b.jpg"}],
               "variants": [{"option1": "Navy", "price": "29.00", "available": True},
                            {"option1": "Rust", "price": "24.00", "available": False}]}  # fmt: skip
    (beanie,) = items_of(tmp_path, "products.json", json.dumps({"products": [product]}, indent=1), "EUR")
    assert (beanie["id"], beanie["price_shown"], beanie["colours"]) == ("beanie", "€29", ["Navy"])


def test_woocommerces_variations_fold_by_sku_or_id_of_their_parent(tmp_path: Path) -> None:
    tee, mug = items_of(tmp_path, "export.csv", WOO, "USD")
    assert (tee["id"], tee["name_en"], tee["size"], tee["price_shown"]) == ("tee", "Logo Tee", ["S"], "$15")
    assert tee["colours"] == ["Green"]
    assert (mug["id"], mug["price_shown"]) == ("mug", "$12.50")


def test_a_merchant_feed_is_read_as_xml_and_as_tsv(tmp_path: Path) -> None:
    sofa, lamp = items_of(tmp_path, "feed.xml", MERCHANT)
    assert (sofa["id"], sofa["price_shown"], sofa["currency"]) == ("S-1", "799.00 GBP", "GBP")
    assert sofa["colours"] == ["Green"]
    assert (lamp["id"], "url" in lamp) == ("L-1", False)
    tsv = "id\titem_group_id\ttitle\tavailability\tprice\tsize\nA1\tA\tApron\tin stock\t9.00 EUR\tS\nA2\tA\tApron\tin stock\t8.00 EUR\tM\n"
    (apron,) = items_of(tmp_path, "feed.tsv", tsv)
    assert (apron["id"], apron["size"], apron["price_shown"]) == ("A", ["S", "M"], "8.00 EUR")


@pytest.mark.parametrize(
    ("cell", "gone"), [("0", True), ("no", True), ("판매 종료", True), ("1", False), ("in_stock", False), ("", False)]
)
def test_a_feed_that_is_folded_says_in_as_many_ways_that_nothing_is_left(tmp_path: Path, cell: str, gone: bool) -> None:
    (apron,) = items_of(tmp_path, "feed.csv", f"id,title,availability,price\nA1,Apron,{cell},9.00 EUR\n")
    assert apron.get("availability") == ("out of stock" if gone else None)


def test_products_of_a_page_are_read_from_json_ld(tmp_path: Path) -> None:
    kurta, wallet = items_of(tmp_path, "products.jsonld", json.dumps(LINKED, indent=2))
    assert (kurta["id"], kurta["brand"], kurta["audience"], kurta["size"]) == ("KT-1", "Rangoli", "women", ["M"])
    assert (kurta["price_shown"], kurta["currency"]) == ("₹650", "INR")
    assert (wallet["id"], wallet["price_shown"]) == ("W-9", "₹450")


def test_an_xml_feed_reads_nothing_outside_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password", "utf-8")
    feed = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>
<rss><channel><item><id>1</id><title>Mug &x;</title></item></channel></rss>"""
    assert all("password" not in str(item) for item in items_of(tmp_path, "feed.xml", feed))


@pytest.mark.parametrize("text", ['{"id": "1", "name": "흰 셔츠"}\n{"id": "2", "name": "검은 셔츠"}\n'])
def test_json_that_is_lines_is_read_as_lines(tmp_path: Path, text: str) -> None:
    assert [item["id"] for item in items_of(tmp_path, "rows.json", text)] == ["1", "2"]


@pytest.mark.parametrize("ending", [".xml", ".tsv", ".csv", ".jsonl", ".json"])
def test_a_packed_file_is_read_as_what_it_holds(tmp_path: Path, ending: str) -> None:
    texts = {".xml": "<rss><channel>{}</channel></rss>", ".json": "[{}]"}
    rows = {".xml": ("<item><id>{n}</id><title>Tarn Tent {n}</title></item>", ""), ".tsv": ("{n}\tTarn Tent {n}", "\n"),
            ".csv": ("{n},Tarn Tent {n}", "\n"), ".json": ('{{"id": "{n}", "name": "Tarn Tent {n}"}}', ","),
            ".jsonl": ('{{"id": "{n}", "name": "Tarn Tent {n}"}}', "\n")}  # fmt: skip
    head = {".tsv": "id\ttitle\n", ".csv": "id,name\n"}.get(ending, "")
    row, between = rows[ending]
    body = texts.get(ending, "{}").format(head + between.join(row.format(n=number) for number in range(500)))
    file = tmp_path / f"feed{ending}.gz"
    file.write_bytes(gzip.compress(body.encode()))
    problems, shares = Problems(), []
    reading = Reading(file, problems)
    for _ in reading:
        shares.append(reading.rows.share)
    assert len(shares) == 500
    assert reading.rows.complete
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not problems.listed
