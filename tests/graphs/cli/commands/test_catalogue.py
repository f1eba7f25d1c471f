"""`stylegraph catalogue`: a shop's own catalogue, imported, listed, checked, removed, and used by the other commands."""

from __future__ import annotations

import json

import pytest

ROWS = """상품코드,상품명,카테고리,판매가(원),색상,소재,메모
A1,네이비 린넨 셔츠,상의,"39,000원",네이비,린넨 100%,x
A2,브라운 소가죽 로퍼,신발,89000,브라운,소가죽,y
,,,,,,
A1,같은 번호,상의,1,,,z
"""


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text(ROWS, "cp949")
    return path


def test_a_catalogue_is_imported_and_recommended_from_without_a_further_setting(cli, shop):
    [record] = cli("catalogue", "import", shop, "--json").records
    assert {key: record[key] for key in ("name", "added", "changed", "unchanged", "removed", "skipped")} == {
        "name": "shop", "added": 2, "changed": 0, "unchanged": 0, "removed": 0, "skipped": 1,
    }  # fmt: skip
    assert record["known"]["fields"]["category"] == {"name": 2}
    [found] = cli("recommend", "남색 셔츠", "--json").records
    assert [item["id"] for item in found["recommendations"]] == ["A1"]
    assert found["recommendations"][0]["swatches"] == [{"name": "네이비", "hex": "#1f2a48"}]
    again = cli("catalogue", "import", shop)
    assert "0 added, 0 changed, 2 unchanged" in again.stdout
    assert "판매가(원) = price_krw" in again.stdout
    assert "line 5, id: The id 'A1' was there before." in again.stdout


def test_check_says_what_an_import_would_make_of_a_file_and_writes_nothing(cli, shop, home):
    [record] = cli("catalogue", "check", shop, "--map", "메모=", "--json").records
    assert (record["items"], record["skipped"]) == (2, 1)
    assert {one["column"]: (one["field"], one["how"]) for one in record["columns"]}["메모"] == ("", "given")
    assert not (home / "catalogue").exists()


def test_what_is_imported_is_listed_checked_and_removed(cli, shop):
    assert "sample catalogue" in cli("catalogue", "list").stdout
    cli("catalogue", "import", shop, "--name", "봄 신상")
    [listed] = cli("catalogue", "list", "--json").records
    assert (listed["name"], listed["file"], listed["known"]["items"]) == ("봄 신상", str(shop), 2)
    assert "material   100% from your column" in cli("catalogue", "check").stdout
    assert cli("catalogue", "remove", "봄 신상", "--json").records == [{"name": "봄 신상", "removed": 2}]
    assert cli("catalogue", "list", "--json").records == []
    assert cli("catalogue", "remove", "봄 신상").exit_code == 2


@pytest.mark.parametrize(
    "args",
    [
        ["nowhere.csv"],
        *(["shop.csv", *more] for more in (("--map", "메모"), ("--map", "없는열=colours"), ("--name", "../x"))),
    ],
)
def test_what_cant_be_imported_is_refused_before_anything_is_written(cli, shop, home, args):
    assert cli("catalogue", "import", *args).exit_code == 2
    assert not (home / "catalogue" / "items.sqlite").exists()


def test_the_doctor_names_what_is_imported(cli, shop):
    cli("catalogue", "import", shop)
    found = {record["part"]: record for record in cli("doctor", "--json").records}
    assert found["catalogue"]["detail"] == "imported: shop: 2 items"
    assert "--photos" in found["pictures"]["remedy"]


def test_help_says_how_it_relates_to_the_setting(cli):
    told = " ".join(cli("catalogue", "--help").stdout.split())
    assert "STYLEGRAPH_CATALOGUE, where it is set, wins" in told


def test_an_empty_file_is_an_error_that_says_what_to_do(cli, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("가격,색\n1,빨강\n", "utf-8")
    error = json.loads(cli("catalogue", "import", path, "--json").stderr)["error"]
    assert "--map" in error["remedy"]
