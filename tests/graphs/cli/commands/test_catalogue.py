"""`stylegraph catalogue`: a shop's own catalogue, imported, listed, checked, removed, and used by the other commands."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PHOTOS = Path(__file__).parents[3] / "tools" / "image" / "photos"
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


@pytest.fixture
def feed(tmp_path):
    """A folder served on loopback by Python's own server; the feed is a file in it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    path = tmp_path / "site" / "stock.csv"
    path.parent.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(path.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield path, f"http://127.0.0.1:{server.server_port}/stock.csv"
    server.shutdown()
    server.server_close()


ALLOWED = {"STYLEGRAPH_FETCH_ALLOW_HOSTS": '["127.0.0.1"]'}


def test_a_sync_takes_prices_and_stock_and_says_what_has_changed(cli, shop, feed):
    path, url = feed
    cli("catalogue", "import", shop)
    path.write_text("상품코드,판매가(원),재고\nA1,29000,3\nA2,89000,0\nB7,1,1\n", "utf-8")
    told = cli("catalogue", "sync", url, env=ALLOWED)
    assert "2 items in the feed: 1 new price, 0 with other sizes, 1 sold out, 0 back in stock" in told.stdout
    assert "Not in the catalogue: 1 id, such as B7" in told.stdout
    [again] = cli("catalogue", "sync", url, "--json", env=ALLOWED).records  # the server has Last-Modified
    assert again == {"url": url, "unchanged": True}
    [found] = cli("recommend", "남색 셔츠", "--json").records
    assert [(item["id"], item["price_krw"]) for item in found["recommendations"]] == [("A1", 29_000)]


def test_a_sync_that_cant_be_done_says_what_to_do(cli, shop, feed):
    path, url = feed
    path.write_text("id,price\nA1,5\n", "utf-8")
    assert "Import the shop's file first" in cli("catalogue", "sync", url, env=ALLOWED).stderr
    cli("catalogue", "import", shop)
    assert cli("catalogue", "sync", url).exit_code == 2  # on an own network, and not allowed
    assert "Such as 15m" in cli("catalogue", "sync", url, "--every", "soon", env=ALLOWED).stderr
    path.write_text("id,price\nX,5\n", "utf-8")
    failed = cli("catalogue", "sync", url, env=ALLOWED)
    assert (failed.exit_code, "names none of the 2 items" in failed.stderr) == (1, True)


def test_the_help_of_sync_shows_a_feed(cli):
    told = cli("catalogue", "sync", "--help").stdout
    assert "id,price,stock" in told
    assert "--every 15m" in told


def test_photos_at_web_addresses_are_counted_and_brought_here_where_that_is_asked_for(cli, feed, tmp_path):
    path, url = feed
    shutil.copy(PHOTOS / "dress.webp", path.with_name("dress.webp"))
    rows = tmp_path / "rows.csv"
    rows.write_text(f"id,name,image\nA1,New in,{url.replace('stock.csv', 'dress.webp')}\n", "utf-8")
    assert "Only at web addresses: 1 photo; --fetch-photos brings them here" in cli("catalogue", "import", rows).stdout
    told = cli("catalogue", "import", rows, "--fetch-photos", env=ALLOWED).stdout
    assert "0 added, 1 changed" in told
    assert "1 photo kept" in told
