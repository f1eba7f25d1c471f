"""A live catalogue: prices and stock from a real server's feed, by its address, and nothing else of what was imported."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass, field

import pytest
from standins.http import serving

from stylegraph.agent.errors import CatalogueError, FetchError, InputError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.fashion.source import FashionSource

ROWS = (
    {"id": "1", "name": "네이비 린넨 셔츠", "price": 39_000, "size": "S, M, L"},
    {"id": "2", "name": "Brown leather loafers", "price": 89_000},
    {"id": "3", "name": "흰 볼캡", "price": 15_000},
)
OFFERS = "id,price,stock\n1,29000,4\n2,89000,0\n3,15000,7\n"


@dataclass
class Feed:
    """What a shop's server gives, and what it was asked."""

    body: bytes = OFFERS.encode()
    kind: str = "text/csv"
    etag: str = ""
    status: int = 200
    asked: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture
async def feed():
    """A real server on loopback."""
    told = Feed()

    async def give(exchange):
        told.asked.append(exchange.headers.get("if-none-match"))
        fresh = bool(told.etag) and told.asked[-1] == told.etag
        headers = {"content-type": told.kind, **({"etag": told.etag} if told.etag else {})}
        await exchange.answer(304 if fresh else told.status, b"" if fresh else told.body, headers)

    async with serving(give) as url:
        told.url = f"{url}/stock"
        yield told


class Counting:
    """The embedding of the tests, with what it was given."""

    def __init__(self, embedder):
        self._embedder, self.name, self.dimension, self.texts = embedder, embedder.name, embedder.dimension, []

    async def embed(self, texts):
        self.texts += texts
        return await self._embedder.embed(texts)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.delenv("STYLEGRAPH_CATALOGUE", raising=False)
    return load_settings(home=tmp_path / "home", catalogue=None, fetch_allow_hosts=["127.0.0.1"])


@pytest.fixture
async def stock(settings, embedder, tmp_path):
    """The three items imported; `stock.counted` says what was embedded."""
    path = tmp_path / "shop.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), "utf-8")
    counted = Counting(embedder)
    async with Stockroom(settings, counted) as room:
        await room.import_file(path)
        counted.texts.clear()
        room.counted = counted
        yield room


async def items(settings, embedder):
    catalogue = await Catalogue.open(settings.home, embedder, settings.catalogue_in_use)
    try:
        return {item["id"]: item for item in await catalogue.items(["1", "2", "3", "9"])}
    finally:
        await catalogue.close()


def numbers(synced):
    return {name: synced[name] for name in ("prices", "sizes", "sold_out", "back", "gone", "unknown")}


NONE = {"prices": 0, "sizes": 0, "sold_out": 0, "back": 0, "gone": 0, "unknown": 0}


async def test_prices_and_stock_change_and_nothing_else_does_or_is_embedded(stock, feed, settings, embedder):
    before = await items(settings, embedder)
    assert numbers(await stock.sync(feed.url)) == NONE | {"prices": 1, "sold_out": 1}
    after = await items(settings, embedder)
    assert after["1"] == before["1"] | {"price_krw": 29_000}
    assert after["2"] == before["2"] | {"availability": "out of stock"}
    assert after["3"] == before["3"]
    assert stock.counted.texts == []


async def test_what_is_sold_out_is_not_recommended_until_it_is_back(stock, feed, settings, embedder):
    source = await FashionSource.open(settings.home, embedder, settings.catalogue_in_use)  # open all the while

    async def recommended(wish):
        return [(one.id, one.price_krw) for one in (await source.recommend(wish, 3))[0]]

    await stock.sync(feed.url)
    assert ("2", 89_000) not in await recommended("leather loafers")
    assert await recommended("남색 셔츠 3만원 이하") == [("1", 29_000)]
    feed.body = OFFERS.replace("2,89000,0", "2,79000,1").encode()
    assert numbers(await stock.sync(feed.url)) == NONE | {"prices": 1, "back": 1}
    assert ("2", 79_000) in await recommended("leather loafers")
    await source.close()


async def test_a_search_by_meaning_finds_as_before(stock, feed, settings, embedder):
    async def scores():
        catalogue = await Catalogue.open(settings.home, embedder, settings.catalogue_in_use)
        found = await catalogue.search(["흰 모자"], 3, {})
        await catalogue.close()
        return {one.item["id"]: round(one.text, 4) for one in found}

    feed.body = b"id,price\n1,1000\n2,2000\n3,3000\n"
    before = await scores()
    assert numbers(await stock.sync(feed.url)) == NONE | {"prices": 3}
    assert await scores() == before


async def test_a_server_that_says_nothing_has_changed_is_believed_until_the_file_is_imported_again(
    stock, feed, tmp_path
):
    feed.etag = '"v1"'
    assert (await stock.sync(feed.url))["prices"] == 1
    assert await stock.sync(feed.url) is None
    rows = [row | {"price": 50_000} for row in ROWS]
    (tmp_path / "shop.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    await stock.import_file(tmp_path / "shop.jsonl")
    assert (await stock.sync(feed.url))["prices"] == 3
    assert feed.asked == [None, '"v1"', None]


async def test_importing_the_same_file_again_keeps_what_is_live(stock, feed, settings, embedder, tmp_path):
    await stock.sync(feed.url)
    counts = await stock.import_file(tmp_path / "shop.jsonl")
    assert counts["unchanged"] == 3
    assert (await items(settings, embedder))["1"]["price_krw"] == 29_000


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 200, CatalogueError),
        (b"<html>Come back later</html>", 200, CatalogueError),
        (b"oops", 500, FetchError),
        (b"id,price\nx7,1\nx8,2\n", 200, CatalogueError),
    ],
)
async def test_a_sync_that_fails_changes_nothing_and_says_so(stock, feed, settings, embedder, body, status, error):
    before = await items(settings, embedder)
    feed.body, feed.status = body, status
    with pytest.raises(error):
        await stock.sync(feed.url)
    assert await items(settings, embedder) == before


async def test_what_the_feed_leaves_out_is_sold_out_unless_it_is_most_of_the_catalogue(stock, feed, settings, embedder):
    feed.body = b"id,price\n1,39000\n2,89000\n9,5000\n"
    synced = await stock.sync(feed.url)
    assert numbers(synced) == NONE | {"sold_out": 1, "gone": 1, "unknown": 1}
    assert (synced["gone_closed"], synced["unknown_ids"]) == (True, ["9"])
    feed.body = b"id,price\n1,39000\n"
    synced = await stock.sync(feed.url)
    assert (synced["gone"], synced["gone_closed"], synced["sold_out"]) == (2, False, 0)
    assert "availability" not in (await items(settings, embedder))["2"]


async def test_a_feed_that_breaks_off_closes_nothing_and_is_asked_for_anew(stock, feed):
    feed.etag, feed.kind = '"v1"', "application/xml"
    feed.body = (
        "<rss><channel><item><id>1</id><title>셔츠</title><price>35000 KRW</price></item>"
        "<item><id>2</id><title>신발</title><price>1000 KRW</price></item><item><id>3"
    ).encode()
    synced = await stock.sync(feed.url)
    assert (synced["complete"], synced["gone_closed"], synced["prices"], synced["sold_out"]) == (False, False, 2, 0)
    await stock.sync(feed.url)
    assert feed.asked == [None, None]


async def test_sizes_in_stock_come_from_the_feeds_of_shop_systems(stock, feed, settings, embedder):
    feed.kind = "text/tab-separated-values"
    feed.body = (
        b"id\titem_group_id\ttitle\tavailability\tprice\tsize\n"
        b"1-S\t1\tshirt\tin_stock\t39000 KRW\tS\n1-M\t1\tshirt\tout_of_stock\t39000 KRW\tM\n"
        b"2\t\tloafers\tout_of_stock\t89000 KRW\t\n3\t\tcap\tin_stock\t15000 KRW\t\n"
    )
    assert numbers(await stock.sync(feed.url)) == NONE | {"sizes": 1, "sold_out": 1}
    assert (await items(settings, embedder))["1"]["size"] == ["S"]


async def test_prices_without_a_currency_are_in_that_of_the_catalogue(settings, embedder, feed, tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text("id,name,price\n1,Parka,$120\n2,Cap,$20\n", "utf-8")
    async with Stockroom(settings, embedder) as room:
        await room.import_file(path)
        feed.body = b"id,price\n1,99\n2,20\n"
        assert (await room.sync(feed.url))["prices"] >= 1
    parka = (await items(settings, embedder))["1"]
    assert (parka["currency"], parka["price_shown"]) == ("USD", "$99")


@pytest.mark.parametrize("kind", ["application/gzip", "text/csv", "application/octet-stream"])
async def test_a_feed_that_is_packed_is_unpacked_whatever_it_is_called(stock, feed, kind):
    feed.body, feed.kind = gzip.compress(feed.body), kind
    assert numbers(await stock.sync(feed.url)) == NONE | {"prices": 1, "sold_out": 1}


async def test_a_packed_feed_that_breaks_off_closes_nothing(stock, feed):
    rows = "".join(
        f"x{number},{number}000,{hashlib.sha256(bytes([number % 256])).hexdigest()}\n" for number in range(2_000)
    )
    feed.body, feed.kind = gzip.compress((OFFERS + rows).encode())[:-900], "application/gzip"
    synced = await stock.sync(feed.url)
    assert synced["prices"] == 1
    assert not synced["complete"]
    assert not synced["gone_closed"]


async def test_which_catalogue_is_asked_where_there_are_several(stock, feed, tmp_path):
    (tmp_path / "more.jsonl").write_text(json.dumps({"id": "m", "name": "가방"}), "utf-8")
    await stock.import_file(tmp_path / "more.jsonl")
    with pytest.raises(InputError, match="2 catalogues"):
        await stock.sync(feed.url)
    assert (await stock.sync(feed.url, "shop"))["prices"] == 1
    with pytest.raises(InputError, match="'nope'"):
        await stock.sync(feed.url, "nope")


async def test_an_address_on_an_own_network_is_refused(settings, embedder, stock, feed):
    async with Stockroom(settings.model_copy(update={"fetch_allow_hosts": []}), embedder) as room:
        with pytest.raises(FetchError):
            await room.sync(feed.url)
    assert feed.asked == []
